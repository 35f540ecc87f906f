import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Vocabulary, VocabularyError } from '@flambeau/attention';
import { writeFileAtomic } from '@flambeau/core/node';

/** A model's words, of both sides. */
export interface Vocabularies {
  readonly source: Vocabulary;
  readonly target: Vocabulary;
}

/** A list of 100,000 words has about 2 MB. */
const maxBytes = 1 << 26;

/** Writes both vocabularies into a folder, `source.json` and `target.json`. */
export async function writeVocabularies(folder: string, { source, target }: Vocabularies): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, 'source.json'), `${JSON.stringify(source)}\n`);
  await writeFileAtomic(join(folder, 'target.json'), `${JSON.stringify(target)}\n`);
}

/**
 * Reads what {@link writeVocabularies} wrote.
 *
 * @throws Error, one sentence that names the file, if it is not there or damaged.
 */
export async function readVocabularies(folder: string): Promise<Vocabularies> {
  return {
    source: await readVocabulary(join(folder, 'source.json')),
    target: await readVocabulary(join(folder, 'target.json')),
  };
}

async function readVocabulary(file: string): Promise<Vocabulary> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' || cause.code === 'ENOTDIR' ? 'it is not there' : cause.message;
    throw new VocabularyError(
      `the vocabulary ${file} can't be read: ${why} (it lies in the folder of the checkpoint's run, or where --vocabulary says)`,
      { cause },
    );
  });
  if (bytes.length > maxBytes) throw new VocabularyError(`${file} is damaged: it has ${bytes.length} bytes`);
  try {
    return Vocabulary.fromJSON(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    const why = cause instanceof VocabularyError ? cause.message : 'it is no JSON';
    throw new VocabularyError(`${file} is damaged: ${why}`, { cause });
  }
}
