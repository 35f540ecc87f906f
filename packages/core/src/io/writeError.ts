const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Why a file could not be written, in words: the operating system's own say less. */
export function whyNotWritten(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && FULL.has(code)) return `the disk is full (${code})`;
  if (code !== undefined && FORBIDDEN.has(code)) return `its folder can't be written to (${code})`;
  if (code === 'ENOENT') return 'its folder does not exist';
  return error instanceof Error ? message : String(error);
}
