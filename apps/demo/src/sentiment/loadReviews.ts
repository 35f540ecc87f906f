import { DataError } from '@flambeau/datasets';
import { type LoadedReviews, type LoadedVectors, loadGlove, loadImdb } from '@flambeau/datasets/node';
import type { DataChoice } from '../commandLine/options.ts';
import type { Output } from '../console/output.ts';
import { downloadBar } from '../data/downloadBar.ts';

type LoadOptions = DataChoice & { readonly signal?: AbortSignal };

/** Loads IMDB, shows how far it is, and says where the reviews came from: nothing stands in for them. */
export async function loadReviews(
  output: Output,
  { dataDir, offline = false, limit, signal }: LoadOptions & { readonly limit?: number },
): Promise<LoadedReviews> {
  const bar = downloadBar(output);
  try {
    const loaded = await loadImdb({ dataDir, download: !offline, limit, signal, onProgress: bar.onProgress });
    bar.stop();
    say(output, loaded.source);
    return loaded;
  } finally {
    bar.stop();
  }
}

/**
 * Loads GloVe's vectors of these words.
 *
 * @throws Error that also says how to do without, where GloVe is not to be had.
 */
export async function loadVectors(
  output: Output,
  words: Iterable<string>,
  dimension: number,
  { dataDir, offline = false, signal }: LoadOptions,
): Promise<LoadedVectors> {
  const bar = downloadBar(output);
  try {
    const { onProgress } = bar;
    const loaded = await loadGlove({ words, dimension, dataDir, download: !offline, signal, onProgress });
    bar.stop();
    say(output, loaded.source);
    return loaded;
  } catch (error) {
    const isOutOfReach = error instanceof DataError && (error.code === 'not-found' || error.code === 'unreachable');
    if (!isOutOfReach) throw error;
    throw new Error(`${error.message}; to train without pretrained vectors, say --vectors random`, { cause: error });
  } finally {
    bar.stop();
  }
}

/** That it is a part only must be seen even by who wants no notices. */
function say(
  output: Output,
  { isComplete, sentence }: { readonly isComplete: boolean; readonly sentence: string },
): void {
  if (isComplete) output.say(sentence);
  else output.warn(sentence);
}
