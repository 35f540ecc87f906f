import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What must be known of a partial file to go on with it: that the server still has the very same bytes. */
export interface PartialOrigin {
  readonly url: string;
  /** A strong entity tag (RFC 9110, 8.8.3): equal tags mean equal bytes. */
  readonly etag: string;
  /** Size of the whole file, if the server said so. */
  readonly totalBytes: number | null;
}

const partialName = /\.[0-9a-f-]{36}\.part(\.json)?$/;
const keepForMs = 7 * 24 * 3600 * 1000;

/**
 * A download under way, in a file of its own name that nothing takes for the whole: `NAME.UUID.part`, and beside it
 * `NAME.UUID.part.json`, where it came from, once that is known well enough to resume it in another process.
 */
export interface PartialFile {
  readonly path: string;
  readonly origin: PartialOrigin | undefined;
  readonly bytes: number;
}

/** A new, empty one for the file that will be called `name`. */
export function newPartial(folder: string, name: string): PartialFile {
  return { path: join(folder, `${name}.${randomUUID()}.part`), origin: undefined, bytes: 0 };
}

/** Notes where the bytes come from, by a file that appears whole or not at all. */
export async function noteOrigin(path: string, origin: PartialOrigin): Promise<void> {
  const temporary = `${path}.json.new`;
  await writeFile(temporary, JSON.stringify(origin));
  await rename(temporary, `${path}.json`);
}

export async function discardPartial(path: string): Promise<void> {
  await Promise.all([
    rm(path, { force: true }),
    rm(`${path}.json`, { force: true }),
    rm(`${path}.json.new`, { force: true }),
  ]);
}

/** Removes the note before the file gets its final name, so that no note is left without its file. */
export async function finishPartial(path: string, finalPath: string): Promise<void> {
  await rm(`${path}.json`, { force: true });
  await rename(path, finalPath);
}

/**
 * Removes what killed processes left behind in a folder (its lock must be held) and returns, by URL, the partial files
 * that can be resumed: those of the last week whose origin is noted and still wanted.
 */
export async function sweepPartials(
  folder: string,
  wantedUrls: ReadonlySet<string>,
): Promise<Map<string, PartialFile>> {
  const resumable = new Map<string, PartialFile>();
  const names = (await readdir(folder)).filter((name) => partialName.test(name) || name.endsWith('.part.json.new'));
  for (const name of names.filter((name) => name.endsWith('.part'))) {
    const path = join(folder, name);
    const [stats, origin] = await Promise.all([stat(path), readOrigin(path)]);
    const isOfUse = origin && wantedUrls.has(origin.url) && Date.now() - stats.mtimeMs < keepForMs;
    if (isOfUse && stats.isFile() && !resumable.has(origin.url)) {
      resumable.set(origin.url, { path, origin, bytes: stats.size });
    }
  }
  const kept = new Set([...resumable.values()].flatMap(({ path }) => [path, `${path}.json`]));
  for (const name of names) {
    const path = join(folder, name);
    if (!kept.has(path)) await rm(path, { force: true, recursive: true });
  }
  return resumable;
}

/** A note that is missing, damaged or of another kind is no note. */
async function readOrigin(path: string): Promise<PartialOrigin | undefined> {
  let note: unknown;
  try {
    note = JSON.parse(await readFile(`${path}.json`, 'utf8'));
  } catch {
    return undefined;
  }
  const { url, etag, totalBytes } = (note ?? {}) as Record<string, unknown>;
  const isTotal = totalBytes === null || (Number.isSafeInteger(totalBytes) && (totalBytes as number) >= 0);
  if (typeof url !== 'string' || typeof etag !== 'string' || !isTotal) return undefined;
  return { url, etag, totalBytes: totalBytes as number | null };
}
