import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { loadImageDataset } from '../../src/images/loadImageDataset.ts';
import { etagOf, stallHalfway, startMirror, whole } from '../support/mirror.ts';
import { impatient, namesIn, newFolder, servedBy } from '../support/sandbox.ts';

const archives = servedBy().files.map(({ archive }) => archive.name);

function startChild(mirror: string, cacheDir: string): ChildProcess {
  const script = join(import.meta.dirname, '../support/loadInChild.ts');
  const args = ['--conditions=@flambeau/source', '--import', 'tsx', script, mirror, cacheDir];
  return spawn(process.execPath, args, {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function outputOf(child: ChildProcess): Promise<unknown> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  return JSON.parse(text);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(10);
}

/** How much of an unfinished download is on disk. */
function partialBytes(folder: string): number {
  const name = namesIn(folder).find((name) => name.endsWith('.part'));
  return name === undefined ? 0 : statSync(join(folder, name)).size;
}

describe('two processes on one cache', () => {
  it('download each file once: the second waits for the first', async () => {
    const mirror = await startMirror(async (request, response, archive, nth) => {
      await sleep(100);
      return whole()(request, response, archive, nth);
    });
    const cacheDir = newFolder();
    const children = [startChild(mirror.url, cacheDir), startChild(mirror.url, cacheDir)];
    const outputs = await Promise.all(children.map(outputOf));
    expect(outputs).toContainEqual({ kind: 'download', examples: 6000 });
    expect(outputs.every((output) => (output as { examples: number }).examples === 6000)).toBe(true);
    expect(mirror.requests.map(({ path }) => path).sort()).toEqual([...archives].sort());
    expect(namesIn(join(cacheDir, 'fashion-mnist'))).toEqual([...archives].sort());
  });

  it('say that they wait, and stop waiting when interrupted', async () => {
    const { url } = await startMirror();
    const cacheDir = newFolder();
    const lock = join(cacheDir, 'fashion-mnist', '.lock');
    mkdirSync(lock, { recursive: true });
    const phases: string[] = [];
    const interruption = new AbortController();
    const loading = loadImageDataset(servedBy(url), {
      cacheDir,
      systemDirs: [],
      signal: interruption.signal,
      onProgress: ({ phase }) => {
        phases.push(phase);
        interruption.abort(new Error('enough'));
      },
    });
    await expect(loading).rejects.toThrow('enough');
    expect(phases).toEqual(['wait']);
  });

  it('take over the lock of a process that died', async () => {
    const { url } = await startMirror();
    const cacheDir = newFolder();
    const lock = join(cacheDir, 'fashion-mnist', '.lock');
    mkdirSync(lock, { recursive: true });
    const longAgo = Date.now() / 1000 - 60;
    utimesSync(lock, longAgo, longAgo);
    const { source } = await loadImageDataset(servedBy(url), { cacheDir, systemDirs: [] });
    expect(source.kind).toBe('download');
    expect(namesIn(join(cacheDir, 'fashion-mnist'))).toEqual([...archives].sort());
  });
});

describe('a process that is killed (SIGKILL) in the middle of a download', () => {
  it.each([true, false])(
    'leaves nothing that counts as whole, and the next one completes it (entity tag: %s)',
    async (tagged) => {
      let isKilled = false;
      const mirror = await startMirror((request, response, archive, nth) => {
        const tag = tagged ? etagOf(archive) : undefined;
        if (isKilled || archive.length < 1_000_000) return whole(() => tag)(request, response, archive, nth);
        stallHalfway(response, archive, tag === undefined ? {} : { etag: tag });
      });
      const cacheDir = newFolder();
      const folder = join(cacheDir, 'fashion-mnist');
      const child = startChild(mirror.url, cacheDir);
      const partial = () => namesIn(folder).find((name) => name.endsWith('.part'));
      await until(() => partial() !== undefined && statSync(join(folder, partial() as string)).size > 1_000_000);
      child.kill('SIGKILL');
      await once(child, 'close');
      isKilled = true;

      expect(namesIn(folder).filter((name) => archives.includes(name))).toEqual([]);
      const refused = loadImageDataset(servedBy(mirror.url), { cacheDir, systemDirs: [], download: false });
      await expect(refused).rejects.toMatchObject({ code: 'not-found' });

      const { source, train } = await loadImageDataset(servedBy(mirror.url), {
        ...impatient,
        cacheDir,
        systemDirs: [],
      });
      expect(source.kind).toBe('download');
      expect(train.length).toBe(6000);
      expect(namesIn(folder)).toEqual([...archives].sort());
      expect(mirror.requests[1].range !== undefined).toBe(tagged);
    },
  );
});

describe('an interrupted download', () => {
  it('throws the signal’s reason at once and can be gone on with', async () => {
    let isInterrupted = false;
    const mirror = await startMirror((request, response, archive, nth) => {
      if (isInterrupted) return whole()(request, response, archive, nth);
      stallHalfway(response, archive, { etag: etagOf(archive) });
    });
    const options = { cacheDir: newFolder(), systemDirs: [] };
    const folder = join(options.cacheDir, 'fashion-mnist');
    const interruption = new AbortController();
    const loading = loadImageDataset(servedBy(mirror.url), { ...options, signal: interruption.signal });
    await until(() => partialBytes(folder) > 1_000_000);
    interruption.abort();
    await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
    expect(namesIn(folder).filter((name) => !name.includes('.part'))).toEqual([]);
    isInterrupted = true;
    await loadImageDataset(servedBy(mirror.url), options);
    expect(mirror.requests[1].range).toMatch(/^bytes=\d{7}-$/);
  });

  it('does not begin when it is interrupted beforehand', async () => {
    const mirror = await startMirror();
    const loading = loadImageDataset(servedBy(mirror.url), {
      cacheDir: newFolder(),
      systemDirs: [],
      signal: AbortSignal.abort(),
    });
    await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
    expect(mirror.requests).toEqual([]);
  });
});

describe('a lock that is lost', () => {
  it('stops the download with one error', async () => {
    const cacheDir = newFolder();
    const lock = join(cacheDir, 'fashion-mnist', '.lock');
    const mirror = await startMirror((_, response, archive) => {
      stallHalfway(response, archive);
      // Another process, after this machine slept, took the lock for stale and made it its own.
      const later = Date.now() / 1000 + 5;
      utimesSync(lock, later, later);
    });
    const loading = loadImageDataset(servedBy(mirror.url), { cacheDir, systemDirs: [], lockStaleMs: 2000 });
    await expect(loading).rejects.toMatchObject({ code: 'lock-lost' });
    writeFileSync(join(cacheDir, 'still-there'), '');
    expect(namesIn(join(cacheDir, 'fashion-mnist'))).toContain('.lock');
  });
});
