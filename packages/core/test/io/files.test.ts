import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepTemporaries, writeFileAtomic } from '../../src/io/atomicFile.ts';
import { loadSafetensors, loadWeights, saveSafetensors } from '../../src/io/files.ts';
import { TorchFileError } from '../../src/io/index.ts';
import { SafetensorsError } from '../../src/io/safetensorsHeader.ts';
import { type HostArray, hostArray } from '../../src/tensor/hostArray.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flambeau-io-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const tensors = (value: number): [string, HostArray][] => [
  ['fc.weight', hostArray('float32', [2], Float32Array.of(value, 2))],
  ['steps', hostArray('int64', [], BigInt64Array.of(7n))],
];

describe('saveSafetensors and loadSafetensors', () => {
  it('give back what was saved, aligned, and leave nothing else in the folder', async () => {
    const path = join(folder, 'weights.safetensors');
    await saveSafetensors(path, tensors(1), { format: 'pt' });
    await saveSafetensors(path, tensors(3), { format: 'pt' });
    const loaded = await loadSafetensors(path);
    expect([...loaded.tensors]).toEqual(tensors(3));
    expect([...loaded.metadata]).toEqual([['format', 'pt']]);
    expect(loaded.tensors.get('fc.weight')!.data.buffer).toBe(loaded.tensors.get('steps')!.data.buffer);
    expect(await readdir(folder)).toEqual(['weights.safetensors']);
  });

  it('leave the file there as it was when the tensors make none', async () => {
    const path = join(folder, 'weights.safetensors');
    await saveSafetensors(path, tensors(1));
    await expect(saveSafetensors(path, [...tensors(2), ...tensors(2)])).rejects.toThrow(SafetensorsError);
    expect([...(await loadSafetensors(path)).tensors]).toEqual(tensors(1));
  });

  it('name the file in every error', async () => {
    const truncated = join(folder, 'truncated.safetensors');
    await saveSafetensors(truncated, tensors(1));
    await writeFile(truncated, (await readFile(truncated)).subarray(0, -1));
    await expect(loadSafetensors(truncated)).rejects.toThrow(SafetensorsError);
    await expect(loadSafetensors(truncated)).rejects.toThrow(`${truncated}: the header describes 16 bytes of data`);
    const missing = join(folder, 'missing.safetensors');
    await expect(loadSafetensors(missing)).rejects.toThrow(`${missing} can't be read: there is no such file`);
    await expect(loadSafetensors(folder)).rejects.toThrow(`${folder} can't be read: it is not a regular file`);
    const nowhere = join(folder, 'no', 'weights.safetensors');
    await expect(saveSafetensors(nowhere, tensors(1))).rejects.toThrow(`${nowhere} could not be written`);
  });
});

describe('loadWeights', () => {
  const { other }: { other: { checkpoint: string[] } } = JSON.parse(
    readFileSync(new URL('../golden/recordings/torch_files.json', import.meta.url), 'utf8'),
  );

  it('tells safetensors from a .pt by what is in it', async () => {
    const path = join(folder, 'either');
    await saveSafetensors(path, tensors(1), { format: 'pt' });
    expect((await loadWeights(path)).tensors).toEqual(new Map(tensors(1)));
    await writeFile(path, Buffer.from(other.checkpoint[0]!, 'base64'));
    const { tensors: nested } = await loadWeights(path, { key: 'state_dict' });
    expect([...nested]).toEqual([['weight', hostArray('float32', [2], Float32Array.of(1, 1))]]);
  });

  it("names the file in a .pt's errors", async () => {
    const path = join(folder, 'cut.pt');
    await writeFile(path, Buffer.from(other.checkpoint[0]!, 'base64').subarray(0, -1));
    await expect(loadWeights(path)).rejects.toThrow(TorchFileError);
    await expect(loadWeights(path)).rejects.toThrow(`${path}: no end of a zip directory was found`);
    await writeFile(path, Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex'));
    await expect(loadWeights(path)).rejects.toThrow(`${path}: the file is in torch.save's old format`);
  });
});

describe('writeFileAtomic', () => {
  it('leaves the old file and no temporary where the new one cannot take its place', async () => {
    const path = join(folder, 'taken');
    await mkdir(path);
    await writeFile(join(path, 'inside'), 'old');
    await expect(writeFileAtomic(path, 'new')).rejects.toThrow(`${path} could not be written and is as it was`);
    expect(await readdir(folder)).toEqual(['taken']);
    expect(await readFile(join(path, 'inside'), 'utf8')).toBe('old');
  });

  it('a reader at any moment sees a whole file', async () => {
    const path = join(folder, 'file');
    const contents = ['a', 'b'].map((letter) => letter.repeat(1_000_000));
    await writeFileAtomic(path, contents[0]!);
    let writing = true;
    const writer = (async () => {
      for (let i = 0; i < 10; i++) await writeFileAtomic(path, contents[i % 2]!);
      writing = false;
    })();
    while (writing) expect(contents).toContain(await readFile(path, 'utf8'));
    await writer;
  });

  it('several at once end with one of them, whole', async () => {
    const path = join(folder, 'file');
    await Promise.all(['a', 'b', 'c', 'd'].map((letter) => writeFileAtomic(path, letter.repeat(300_000))));
    expect(await readFile(path, 'utf8')).toMatch(/^(a+|b+|c+|d+)$/);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('follows a link, and keeps the mode of the file', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'old');
    await chmod(path, 0o604);
    await symlink(path, join(folder, 'link'));
    await writeFileAtomic(join(folder, 'link'), 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o604);
    expect((await readdir(folder)).sort()).toEqual(['file', 'link']);
  });
});

describe('sweepTemporaries', () => {
  /** A process number that no process has: it is beyond what Linux, macOS and Windows hand out. */
  const GONE = 2 ** 30;
  const temporary = (file: string, pid: number) => `${file}.${pid}.00000000-0000-4000-8000-000000000000.tmp`;

  async function leave(name: string, ageSeconds: number) {
    const path = join(folder, name);
    await writeFile(path, 'half');
    const then = Date.now() / 1000 - ageSeconds;
    await utimes(path, then, then);
  }

  it('removes what a killed process left, and nothing that may be in use or is not ours', async () => {
    const kept = [
      temporary('just written', GONE),
      temporary('of a living process', process.ppid),
      'mine.tmp',
      'weights.safetensors',
      `weights.${GONE}.tmp`,
    ];
    await leave(kept[0]!, 1);
    for (const name of kept.slice(1)) await leave(name, 3600);
    await leave(temporary('weights.safetensors', GONE), 3600);
    await leave(temporary('events.jsonl', process.pid), 3600);
    await sweepTemporaries(folder);
    expect((await readdir(folder)).sort()).toEqual(kept.sort());
  });

  it('happens on each write, for the file that is written', async () => {
    await leave(temporary('weights.safetensors', GONE), 3600);
    await leave(temporary('other.safetensors', GONE), 3600);
    await saveSafetensors(join(folder, 'weights.safetensors'), tensors(1));
    expect((await readdir(folder)).sort()).toEqual([temporary('other.safetensors', GONE), 'weights.safetensors']);
  });

  it('a folder that is not there holds none', async () => {
    await expect(sweepTemporaries(join(folder, 'none'))).resolves.toBeUndefined();
  });
});
