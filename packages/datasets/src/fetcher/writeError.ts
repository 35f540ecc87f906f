import { DataError } from '../dataError.ts';

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const refused = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENOENT', 'ELOOP', 'ENAMETOOLONG']);

/** The error for a folder or file of the cache that could not be written; what is no file error passes through. */
export function writeError(path: string, cause: unknown): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (full.has(code ?? '')) {
    return new DataError('disk-full', `${path} can't be written: the disk is full (${code})`, { path, cause });
  }
  if (refused.has(code ?? '')) {
    return new DataError('cache-not-writable', `the cache folder can't be written (${message})`, {
      path,
      cause,
      remedy: 'set XDG_CACHE_HOME to another folder, or FLAMBEAU_DATA to one that holds the data',
    });
  }
  return cause;
}
