import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/**
 * The program to run.
 *
 * @param given - the user's choice; the first of the usual names on the PATH otherwise.
 */
export function findChromium(given?: string, path = process.env.PATH ?? ''): string | undefined {
  if (given !== undefined) return given;
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
