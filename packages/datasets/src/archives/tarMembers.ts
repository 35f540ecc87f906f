import { Parser, type ReadEntry } from 'tar';
import { DataError } from '../dataError.ts';

/** One file of a tar archive. */
export interface TarMember {
  readonly path: string;
  readonly bytes: number;
}

export interface TarLimits {
  /** Bytes of one member's contents. */
  readonly memberBytes: number;
  /** Bytes of the whole archive, unpacked. */
  readonly totalBytes: number;
}

/** Names longer than file systems have them are made to fill memory. */
const maxHeaderBytes = 1 << 16;

/**
 * Reads a tar archive as it arrives: nothing is written anywhere, no more than one member is held in memory, and the
 * archive is not believed.
 *
 * @param path how messages call the archive
 * @param chunks the archive's bytes, unpacked
 * @param wanted whether a member's contents are of interest; the others pass by
 * @param onMember given each wanted member's contents
 * @throws {DataError} `corrupt` for an archive that is damaged, or that holds a link, a device, or a path that leads out of
 *   the folder it would be unpacked to; `truncated`; `too-large` for what exceeds the limits
 */
export async function readTar(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limits: TarLimits,
  wanted: (member: TarMember) => boolean,
  onMember: (member: TarMember, contents: Uint8Array) => void,
): Promise<void> {
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
  };
  const onReadEntry = (entry: ReadEntry) => {
    try {
      if (failure === undefined) take(entry);
    } catch (error) {
      fail(error);
    }
    entry.resume();
  };
  const take = (entry: ReadEntry) => {
    const member = checkEntry(path, entry, limits);
    if (member === undefined || !wanted(member)) return;
    const contents = new Uint8Array(member.bytes);
    let received = 0;
    entry.on('data', (chunk: Uint8Array) => {
      contents.set(chunk, received);
      received += chunk.length;
    });
    entry.on('end', () => {
      try {
        if (failure === undefined && received === member.bytes) onMember(member, contents);
      } catch (error) {
        fail(error);
      }
    });
  };
  const parser = new Parser({
    strict: true,
    maxMetaEntrySize: maxHeaderBytes,
    onReadEntry,
    brotli: false,
    zstd: false,
  });
  parser.on('error', (error: Error) => fail(parseError(path, error)));
  let total = 0;
  let isFirst = true;
  try {
    for await (const chunk of chunks) {
      // What is packed twice would be unpacked without a limit.
      if (isFirst && chunk[0] === 0x1f) throw notTar(path, 'it is packed twice');
      isFirst &&= chunk.length === 0;
      total += chunk.length;
      if (total > limits.totalBytes) {
        throw new DataError('too-large', `${path} unpacks to more than ${limits.totalBytes} bytes`, { path });
      }
      parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      if (failure !== undefined) throw failure;
    }
    parser.end();
  } catch (error) {
    throw error instanceof DataError || error === failure ? error : wrapped(path, error);
  }
  if (failure !== undefined) throw failure;
}

/** What the archive's reader throws carries a code of its own; what the source of bytes throws passes through. */
function wrapped(path: string, error: unknown): unknown {
  const { tarCode } = error as { tarCode?: string };
  return tarCode === undefined ? error : parseError(path, error as Error);
}

function parseError(path: string, cause: Error): DataError {
  const isCut = /truncated/i.test(cause.message);
  const problem = isCut ? `${path} is truncated: its tar archive ends early` : notTar(path, cause.message).problem;
  return new DataError(isCut ? 'truncated' : 'corrupt', problem, { path, cause });
}

function notTar(path: string, reason: string): DataError {
  return new DataError('corrupt', `${path} is corrupt: it holds no sound tar archive (${reason.slice(0, 200)})`, {
    path,
  });
}

const files: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile']);
const folders: ReadonlySet<string> = new Set(['Directory', 'GNUDumpDir']);

/** The member, if it is a file; an error for what no data set's archive holds. */
function checkEntry(path: string, entry: ReadEntry, limits: TarLimits): TarMember | undefined {
  const called = JSON.stringify(entry.path.slice(0, 100));
  if (/(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\\|\0/.test(entry.path)) {
    throw new DataError('corrupt', `${path} holds a file called ${called}, a path that leads elsewhere`, { path });
  }
  if (folders.has(entry.type)) return undefined;
  if (!files.has(entry.type)) {
    throw new DataError('corrupt', `${path} holds ${called}, a ${entry.type}: expected files and folders only`, {
      path,
    });
  }
  if (entry.size > limits.memberBytes) {
    throw new DataError(
      'too-large',
      `${path} holds ${called} of ${entry.size} bytes, expected no more than ${limits.memberBytes}`,
      { path },
    );
  }
  return { path: entry.path, bytes: entry.size };
}
