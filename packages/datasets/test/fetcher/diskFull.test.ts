import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchFiles } from '../../src/fetcher/fetchFiles.ts';
import { etagOf, startMirror, whole } from '../support/mirror.ts';
import { impatient, namesIn, newFolder, oneFileServedBy } from '../support/sandbox.ts';

const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY, code: 'ENOSPC' }));

// A disk with room for so many bytes more: every write beyond fails as the kernel's does.
vi.mock('node:fs/promises', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs/promises')>();
  const open: typeof fs.open = async (...args) => {
    const file = await fs.open(...args);
    const write = file.write.bind(file) as (
      ...args: unknown[]
    ) => Promise<{ bytesWritten: number; buffer: Uint8Array }>;
    const limited = async (buffer: Uint8Array, offset: number, length: number, position: number) => {
      const fits = Math.min(length, disk.room);
      if (fits === 0) throw Object.assign(new Error(`${disk.code}: write`), { code: disk.code, syscall: 'write' });
      disk.room -= fits;
      return write(buffer, offset, fits, position);
    };
    return Object.assign(file, { write: limited });
  };
  return { ...fs, open };
});

afterEach(() => {
  disk.room = Number.POSITIVE_INFINITY;
});

describe('a full disk', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])(
    'gives one clear error (%s), frees what it took and tries no other mirror',
    async (code) => {
      const [first, second] = [await startMirror(whole(etagOf)), await startMirror()];
      const folder = newFolder();
      disk.room = 100_001;
      disk.code = code;
      const error = await fetchFiles(oneFileServedBy(first.url, second.url), folder, impatient).catch((error) => error);
      expect(error.code).toBe('disk-full');
      expect(error.message).toMatch(/t10k-images-idx3-ubyte\.gz\.[^ ]* can't be written: the disk is full/);
      expect(namesIn(folder)).toEqual([]);
      expect(second.requests).toEqual([]);
    },
  );

  it('is no trouble once there is room again, and short writes are completed', async () => {
    const { url } = await startMirror();
    const folder = newFolder();
    disk.room = 500_000;
    await fetchFiles(oneFileServedBy(url), folder, impatient);
    expect(existsSync(join(folder, 't10k-images-idx3-ubyte.gz'))).toBe(true);
  });
});
