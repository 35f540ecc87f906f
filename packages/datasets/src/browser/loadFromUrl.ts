import { unpackStream } from '../contents/unpackStream.ts';
import { DataError } from '../dataError.ts';
import type { DataFile, ImageDatasetDeclaration } from '../declarations/declaration.ts';
import { type ImageSplits, imageSplits } from '../images/imageSplits.ts';

/** How far {@link loadImageDatasetFromUrl} has come, over all files. */
export interface UrlProgress {
  /** The file that has just grown. */
  readonly file: string;
  /** Unpacked bytes of all files so far, and of all files in the end. */
  readonly unpackedBytes: number;
  readonly totalBytes: number;
}

export interface LoadFromUrlOptions {
  /** The URL of each file, by its unpacked name: for bundlers, which rename what they copy. Default: `baseUrl` + its `.gz`. */
  readonly urls?: Readonly<Record<string, string | URL>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: UrlProgress) => void;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Loads an image data set by `fetch`, in browsers and wherever else there are web standards. Files may be gzip'd or not,
 * also by `Content-Encoding`; each is verified.
 *
 * @param declaration which data set: {@link fashionMnist}, or `fashionMnist.sample` for the part that ships with this package
 * @param baseUrl the folder that holds the files, ending with a slash
 * @throws {DataError} `unreachable` (no answer, or another one than 2xx) and, for damaged files, `truncated`, `corrupt`,
 *   `too-large`, `checksum-mismatch`
 *
 * @example
 * ```ts
 * // the sample, copied from node_modules/@flambeau/datasets/sample/ to the site's data folder
 * const { train, test } = await loadImageDatasetFromUrl(fashionMnistSample, '/data/fashion-mnist/');
 * ```
 */
export async function loadImageDatasetFromUrl(
  declaration: ImageDatasetDeclaration,
  baseUrl: string | URL,
  options: LoadFromUrlOptions = {},
): Promise<ImageSplits> {
  const { onProgress, urls = {}, fetch = globalThis.fetch } = options;
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const totalBytes = declaration.files.reduce((sum, file) => sum + file.bytes, 0);
  const unpackedBytes = new Map<string, number>();

  const load = async (file: DataFile): Promise<[string, Uint8Array]> => {
    const url = String(urls[file.name] ?? `${baseUrl}${file.archive.name}`);
    const stream = await open(url, fetch, signal).catch((cause: unknown) => {
      throw lost(url, options.signal, cause);
    });
    const contents = await unpackStream(url, file, stream, (received) => {
      unpackedBytes.set(file.name, received);
      const soFar = [...unpackedBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
      onProgress?.({ file: file.name, unpackedBytes: soFar, totalBytes });
    }).catch((cause: unknown) => {
      throw lost(url, options.signal, cause);
    });
    return [file.name, contents];
  };
  try {
    return imageSplits(declaration, new Map(await Promise.all(declaration.files.map(load))));
  } catch (error) {
    // One file in vain, all in vain: the others' downloads end here.
    failed.abort();
    throw error;
  }
}

async function open(
  url: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new DataError('unreachable', `${url} could not be loaded: the server answered ${response.status}`, {
      path: url,
    });
  }
  return response.body;
}

/** An interruption throws the signal's reason; what `fetch` and its bodies throw when the network fails is a TypeError. */
function lost(url: string, signal: AbortSignal | undefined, cause: unknown): unknown {
  if (signal?.aborted) return signal.reason;
  if (!(cause instanceof TypeError)) return cause;
  return new DataError('unreachable', `${url} could not be loaded: ${cause.message}`, { path: url, cause });
}
