import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { writeFileAtomic } from '../../src/io/atomicFile.ts';

const calls = vi.hoisted((): string[] => []);

// Notes in which order a file is written, flushed to the disk and gets its name, and when its folder is flushed.
vi.mock('node:fs/promises', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs/promises')>();
  const open: typeof fs.open = async (...args) => {
    const file = await fs.open(...args);
    const what = String(args[0]).endsWith('.tmp') ? 'the temporary' : 'the folder';
    const { sync, writeFile } = file;
    file.sync = () => {
      calls.push(`flush ${what}`);
      return sync.call(file);
    };
    file.writeFile = (...rest: Parameters<typeof writeFile>) => {
      calls.push(`write ${what}`);
      return writeFile.apply(file, rest);
    };
    return file;
  };
  const rename: typeof fs.rename = (from, to) => {
    calls.push(`rename to ${basename(String(to))}`);
    return fs.rename(from, to);
  };
  return { ...fs, open, rename };
});

it('a checkpoint is on the disk before it gets its name, and its name before the write is done', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flambeau-flush-'));
  calls.length = 0;
  await writeFileAtomic(join(folder, 'last.safetensors'), 'weights');
  expect(calls).toEqual([
    'write the temporary',
    'flush the temporary',
    'rename to last.safetensors',
    'flush the folder',
  ]);
  await rm(folder, { recursive: true });
});
