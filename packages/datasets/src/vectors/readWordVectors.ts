import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { sink } from '../archives/tap.ts';
import { zipError } from '../archives/zipMember.ts';
import { openContents } from '../contents/openContents.ts';
import { unpackError } from '../contents/readDataFile.ts';
import { DataError } from '../dataError.ts';
import type { OnProgress } from '../fetcher/progress.ts';
import type { FoundFile } from '../search/findFiles.ts';
import { type WordVectorOptions, WordVectorReader } from './wordVectorReader.ts';
import type { WordVectors } from './wordVectors.ts';

export interface ReadWordVectorsOptions extends WordVectorOptions {
  /** For a `.zip`: which member to read. */
  readonly member?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads vectors of words from a file in GloVe's form, as a stream: `.txt`, `.txt.gz`, or one member of a `.zip`. Whatever
 * the file's size, nothing but the wanted words' vectors is held in memory.
 *
 * @param path the file, any of GloVe's, fastText's or your own
 * @param options `words` and `first` say what to keep, `dimension` what must be there
 * @throws {DataError} `wrong-format` (with the line's number, or with both dimensions), `truncated`, `corrupt`, `unreadable`
 *
 * @example
 * ```ts
 * const vectors = await readWordVectors('glove.840B.300d.txt', { words: vocabulary, first: 10_000 });
 * ```
 */
export async function readWordVectors(path: string, options: ReadWordVectorsOptions = {}): Promise<WordVectors> {
  const stats = await stat(path).catch((cause: Error) => {
    throw new DataError('unreadable', `${path} can't be read: ${cause.message}`, { path, cause });
  });
  const compression = path.endsWith('.gz') ? 'gzip' : path.endsWith('.zip') ? 'zip' : 'none';
  const { member } = options;
  if (compression === 'zip' && member === undefined) {
    throw new DataError('bad-argument', `${path} is an archive: expected "member", the name of a file in it`);
  }
  const name = member ?? path;
  const file = { name, bytes: stats.size, archive: { name, compression } } as const;
  return (await readFoundVectors({ file, path, compression, bytes: stats.size }, path, options)).vectors;
}

/** Vectors, and what their file is known by. */
export interface ReadVectors {
  readonly vectors: WordVectors;
  /** SHA-256 of the file's unpacked contents, in hex. */
  readonly sha256: string;
  /** Size of the file's unpacked contents. */
  readonly bytes: number;
}

/** Reads a file of vectors that was found, in whatever form it is. */
export async function readFoundVectors(
  found: FoundFile,
  dataset: string,
  { onProgress, signal, ...options }: ReadWordVectorsOptions,
): Promise<ReadVectors> {
  const { file, path, compression, bytes: totalBytes } = found;
  const reader = new WordVectorReader(compression === 'zip' ? `${file.name} in ${path}` : path, options);
  const hash = createHash('sha256');
  let receivedBytes = 0;
  let bytes = 0;
  const onStored = (chunk: Uint8Array) => {
    receivedBytes += chunk.length;
    onProgress?.({ phase: 'read', dataset, file: file.name, receivedBytes, totalBytes });
  };
  const parse = sink((chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
    reader.push(chunk);
  });
  const streams = [...(await openContents(found, onStored)), parse];
  await pipeline(streams, signal ? { signal } : {}).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw compression === 'zip' ? zipError(path, error) : unpackError(path, file, error);
  });
  return { vectors: reader.finish(), sha256: hash.digest('hex'), bytes };
}
