import { appendFile, readFile } from 'node:fs/promises';
import type { TextLog } from '../training/callbacks/textLog.ts';
import { writeFileAtomic } from './atomicFile.ts';
import { whyNotWritten } from './writeError.ts';

/**
 * A log in a file, for `callbacks.CsvLog` and `callbacks.JsonlLog`. Lines are appended as they come; what is replaced is
 * written whole or not at all.
 *
 * @param path the file; its folder must exist.
 *
 * @example
 * ```ts
 * const csv = new callbacks.CsvLog(fileLog('results.csv'));
 * ```
 */
export function fileLog(path: string): TextLog {
  return {
    name: path,
    async read() {
      try {
        return await readFile(path, 'utf8');
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
        throw new Error(`${path} can't be read: ${(cause as Error).message}`, { cause });
      }
    },
    async append(text) {
      await appendFile(path, text).catch((cause: unknown) => {
        throw new Error(`${path} could not be written: ${whyNotWritten(cause)}`, { cause });
      });
    },
    replace: (text) => writeFileAtomic(path, text),
  };
}
