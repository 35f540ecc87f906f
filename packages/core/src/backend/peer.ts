import { BackendUnavailableError } from './provider.ts';

/**
 * Loads an optional package that a backend needs.
 *
 * @param load - its dynamic import, written out where it is called, so that bundlers see it.
 * @throws {BackendUnavailableError} with the line that installs it, where it is not installed.
 */
export async function importPeer<T>(backend: string, packageName: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new BackendUnavailableError(`backend '${backend}' needs a package: npm install ${packageName}`, { cause });
  }
}

export const inNode: boolean = typeof process !== 'undefined' && process.versions?.node !== undefined;
