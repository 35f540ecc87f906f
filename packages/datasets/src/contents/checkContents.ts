import { DataError } from '../dataError.ts';
import type { DataFile } from '../declarations/declaration.ts';

/** `12,345 bytes`. */
function bytes(count: number): string {
  return `${count.toLocaleString('en-US')} bytes`;
}

/** The error for contents that end before they should. */
export function truncated(path: string, file: DataFile, received: number): DataError {
  return new DataError(
    'truncated',
    `${path} is truncated: expected ${bytes(file.bytes)} of contents, got ${bytes(received)}`,
    {
      path,
    },
  );
}

/** The error for contents that go on after they should have ended. */
export function tooLarge(path: string, file: DataFile): DataError {
  return new DataError('too-large', `${path} holds more than it should: expected ${bytes(file.bytes)} of contents`, {
    path,
  });
}

/** The error for a file that is sound, for all that can be said of it, but not the published one. */
export function anotherFile(path: string, file: DataFile): DataError {
  const known = file.sha256 === undefined ? '' : ` with SHA-256 ${file.sha256}`;
  return new DataError(
    'checksum-mismatch',
    `${path} is not the published file: expected ${bytes(file.bytes)} of contents${known}`,
    { path },
  );
}

/** Throws if contents of `received` bytes with this SHA-256 are not those of `file`; `path` is how messages call them. */
export function checkContents(path: string, file: DataFile, received: number, sha256: string): void {
  if (file.acceptsOther && (received !== file.bytes || (file.sha256 ?? sha256) !== sha256))
    throw anotherFile(path, file);
  if (received < file.bytes) throw truncated(path, file, received);
  if (received > file.bytes) throw tooLarge(path, file);
  if (file.sha256 !== undefined && file.sha256 !== sha256) {
    throw new DataError(
      'checksum-mismatch',
      `${path} is damaged or another file: expected contents with SHA-256 ${file.sha256}, got ${sha256}`,
      { path },
    );
  }
}
