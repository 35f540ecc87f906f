import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@flambeau/datasets';
import { loadImdb } from '@flambeau/datasets/node';
import { buildVocab, englishTokenizer, type Vocab } from '@flambeau/text';
import type { Plan } from '../plan.ts';
import { TEXT } from './words.ts';

const PADDING = 1;

/** The first batches of a training run on IMDB, in a file for all contestants; undefined where there is no IMDB, said aloud. */
export async function imdbWords({ dataDir, say }: Plan): Promise<string | undefined> {
  try {
    const { train } = await loadImdb({ dataDir, download: false });
    const texts = Array.from({ length: train.length }, (_, i) => englishTokenizer(train.get(i)[0]));
    const vocab = buildVocab(texts, { maxTokens: TEXT.vocabulary });
    const file = join(mkdtempSync(join(tmpdir(), 'flambeau-bench-')), 'imdb.int32');
    writeFileSync(file, new Uint8Array(batchesOf(texts, vocab).buffer));
    return file;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    say(`the steps on IMDB are left out: ${error.message}`);
    return undefined;
  }
}

/** Both classes in turn (the reviews come sorted by class), each review cut or filled up to the length of all. */
function batchesOf(texts: readonly (readonly string[])[], vocab: Vocab): Int32Array {
  const { batch, length, batches } = TEXT;
  const words = new Int32Array(batches * batch * length).fill(PADDING);
  for (let i = 0; i < batches * batch; i++) {
    const review = texts[(i % 2) * (texts.length / 2) + (i >> 1)]!;
    words.set(vocab.encode(review.slice(0, length)), i * length);
  }
  return words;
}
