import { describe, expect, it, vi } from 'vitest';
import { fetchFiles } from '../../src/fetcher/fetchFiles.ts';
import { startMirror } from '../support/mirror.ts';
import { impatient, newFolder, oneArchive, oneFileServedBy } from '../support/sandbox.ts';

const calls = vi.hoisted((): string[] => []);

// Notes in which order a file is flushed to disk and gets its name.
vi.mock('node:fs/promises', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs/promises')>();
  const open: typeof fs.open = async (...args) => {
    const file = await fs.open(...args);
    const sync = file.sync.bind(file);
    const noted = () => {
      calls.push('flush');
      return sync();
    };
    return Object.assign(file, { sync: noted });
  };
  const rename: typeof fs.rename = (from, to) => {
    if (String(to).endsWith('.gz')) calls.push(`rename to ${String(to).split(/[/\\]/).at(-1)}`);
    return fs.rename(from, to);
  };
  return { ...fs, open, rename };
});

describe('a downloaded file', () => {
  it('is flushed to disk before it gets its name', async () => {
    const { url } = await startMirror();
    await fetchFiles(oneFileServedBy(url), newFolder(), impatient);
    expect(calls).toEqual(['flush', `rename to ${oneArchive}`]);
  });
});
