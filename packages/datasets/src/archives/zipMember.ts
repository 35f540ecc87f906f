import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { DataError } from '../dataError.ts';
import { tap } from './tap.ts';
import { findZipMember, type ReadRange, type ZipMember } from './zipDirectory.ts';

/**
 * Opens one member of a zip archive on this machine for reading its unpacked contents from beginning to end. They are
 * counted and checked against the member's CRC-32; whatever it claims, no more than its claimed size comes out.
 *
 * @param onStored told each piece as it lies in the archive
 * @returns streams to be put into one `pipeline`
 * @throws {DataError} as {@link findZipMember}; `unreadable`
 */
export async function openZipMember(
  path: string,
  name: string,
  onStored: (chunk: Buffer) => void = () => {},
): Promise<[Readable, ...Transform[]]> {
  const member = await findInFile(path, name);
  const { start, packedBytes } = member;
  const stored =
    packedBytes === 0 ? Readable.from([]) : createReadStream(path, { start, end: start + packedBytes - 1 });
  return [stored, tap(onStored), ...(member.isDeflated ? [createInflateRaw()] : []), checked(path, member)];
}

async function findInFile(path: string, name: string): Promise<ZipMember> {
  const file = await open(path).catch((cause: Error) => {
    throw new DataError('unreadable', `${path} can't be read: ${cause.message}`, { path, cause });
  });
  try {
    const { size } = await file.stat();
    const read: ReadRange = async (position, length) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      if (bytesRead === length) return buffer;
      throw new DataError('truncated', `${path} is truncated: its zip directory points beyond its end`, { path });
    };
    return await findZipMember(path, size, read, name);
  } finally {
    await file.close();
  }
}

/** Holds contents to the size and checksum that the archive claims for them. */
function checked(path: string, { name, bytes, crc32: expected }: ZipMember): Transform {
  let received = 0;
  let sum = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      received += chunk.length;
      sum = crc32(chunk, sum);
      if (received <= bytes) return done(null, chunk);
      done(
        new DataError('corrupt', `${path} is corrupt: ${name} unpacks beyond the ${bytes} bytes it claims`, { path }),
      );
    },
    flush(done) {
      if (received < bytes) {
        const reason = `${name} unpacks to ${received} bytes, expected the ${bytes} it claims`;
        return done(new DataError('truncated', `${path} is truncated: ${reason}`, { path }));
      }
      if (sum === expected) return done();
      done(new DataError('corrupt', `${path} is corrupt: ${name} does not match its checksum (CRC-32)`, { path }));
    },
  });
}

/** The error for what unpacking a zip's member ran into; what the system says is told from what the archive's bytes say. */
export function zipError(path: string, cause: unknown): unknown {
  if (cause instanceof DataError) return cause;
  const { code, message, syscall } = cause as NodeJS.ErrnoException;
  if (syscall !== undefined) return new DataError('unreadable', `${path} can't be read: ${message}`, { path, cause });
  if (!code?.startsWith('Z_')) return cause;
  return new DataError('corrupt', `${path} is corrupt: its zip archive can't be unpacked (${message})`, {
    path,
    cause,
  });
}
