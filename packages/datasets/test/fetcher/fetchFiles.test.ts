import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ImageDatasetDeclaration } from '../../src/declarations/declaration.ts';
import { type FetchOptions, fetchFiles } from '../../src/fetcher/fetchFiles.ts';
import type { DownloadProgress } from '../../src/fetcher/progress.ts';
import {
  type Answer,
  cutInHalf,
  deadMirror,
  sampleFiles,
  stallHalfway,
  startMirror,
  whole,
} from '../support/mirror.ts';
import { impatient, namesIn, newFolder, oneArchive, oneFileServedBy, servedBy } from '../support/sandbox.ts';

const archive = readFileSync(join(sampleFiles, oneArchive));

async function fetchOne(mirrors: string[], folder = newFolder(), options: FetchOptions = {}): Promise<string> {
  await fetchFiles(oneFileServedBy(...mirrors), folder, { ...impatient, ...options });
  return folder;
}

/** The folder holds the one archive, whole, and nothing else: no partial file, no note, no lock. */
function expectWhole(folder: string): void {
  expect(namesIn(folder)).toEqual([oneArchive]);
  expect(readFileSync(join(folder, oneArchive)).equals(archive)).toBe(true);
}

/** A mirror with this fault, then a good one: the good one's file must arrive. */
async function expectNextMirror(fault: Answer): Promise<void> {
  const [bad, good] = [await startMirror(fault), await startMirror()];
  expectWhole(await fetchOne([bad.url, good.url], newFolder(), { retries: 1 }));
  expect(good.requests.length).toBeGreaterThan(0);
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(code, headers).end('no');

describe('fetchFiles', () => {
  it('fills a folder that does not exist, and asks for nothing the second time', async () => {
    const mirror = await startMirror();
    const declaration = servedBy(mirror.url);
    const folder = join(newFolder(), 'cache', 'fashion-mnist');
    const first = await fetchFiles(declaration, folder);
    expect(first.downloaded).toBe(true);
    expect(first.found.missing).toEqual([]);
    expect(namesIn(folder)).toEqual(declaration.files.map(({ archive }) => archive.name).sort());
    expect(mirror.requests).toHaveLength(4);
    expect((await fetchFiles(declaration, folder)).downloaded).toBe(false);
    expect(mirror.requests).toHaveLength(4);
  });

  it('downloads only what is missing or damaged', async () => {
    const mirror = await startMirror();
    const declaration = servedBy(mirror.url);
    const folder = newFolder();
    await fetchFiles(declaration, folder);
    writeFileSync(join(folder, oneArchive), archive.subarray(0, 1000));
    expect((await fetchFiles(declaration, folder)).downloaded).toBe(true);
    expect(mirror.requests.slice(4).map(({ path }) => path)).toEqual([oneArchive]);
    expect(readFileSync(join(folder, oneArchive)).equals(archive)).toBe(true);
  });

  it('replaces a damaged unpacked file, which would otherwise be found first', async () => {
    const { url } = await startMirror();
    const folder = newFolder();
    writeFileSync(join(folder, 't10k-images-idx3-ubyte'), 'damaged');
    expectWhole(await fetchOne([url], folder));
  });

  it.each([403, 404, 410, 500, 503])('goes to the next mirror when one answers %i', (code) =>
    expectNextMirror(status(code)),
  );

  it('goes to the next mirror when nothing listens', async () => {
    const good = await startMirror();
    expectWhole(await fetchOne([await deadMirror(), good.url]));
  });

  it.each<[string, Answer]>([
    ['sends another file', (_, response) => void response.end(gzipSync('another file'))],
    ['sends a page of HTML', (_, response) => void response.end('<html>log in to this network</html>')],
    ['sends nothing', (_, response) => void response.end()],
    ['sends a damaged file', (_, response, file) => void response.end(Buffer.from(file).fill(0, 1000, 2000))],
    ['never answers', () => {}],
    ['stalls halfway', (_, response, file) => stallHalfway(response, file)],
    ['always cuts the connection', (_, response, file) => cutInHalf(response, file)],
    [
      'announces more than it sends',
      (_, response, file) => {
        response.writeHead(200, { 'content-length': file.length + 5 });
        response.write(file, () => response.destroy());
      },
    ],
    [
      'announces less than it has',
      (_, response, file) => {
        response.socket?.end(
          Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${file.length - 5}\r\n\r\n`), file]),
        );
      },
    ],
    [
      'announces more than the file can have',
      (_, response) => {
        response.writeHead(200, { 'content-length': '999999999999999' });
        response.write('x');
      },
    ],
    [
      'sends bytes without end',
      (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(1 << 16)));
        };
        response.on('drain', more);
        more();
      },
    ],
    ['sends a gzip bomb', (_, response) => void response.end(gzipSync(Buffer.alloc(100 << 20)))],
    ['redirects in a circle', (request, response) => void response.writeHead(302, { location: request.url }).end()],
    ['redirects to a file', (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end()],
    ['speaks no HTTP', (_, response) => void response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['sends a hostile status line', (_, response) => void response.socket?.end('HTTP/1.1 -1 \0\r\n\r\n')],
    [
      'sends endless headers',
      (_, response) => {
        response.socket?.write(`HTTP/1.1 200 OK\r\n${'x-more: '.padEnd(1000, 'y')}\r\n`.repeat(200));
      },
    ],
    [
      'answers 206 to a request for the whole',
      (_, response, file) => {
        response.writeHead(206, { 'content-range': `bytes 0-99/${file.length}` }).end(file.subarray(0, 100));
      },
    ],
  ])('goes to the next mirror when one %s', (_, fault) => expectNextMirror(fault), 10_000);

  it('follows redirects, to another host too', async () => {
    const target = await startMirror();
    const { url } = await startMirror((request, response) => {
      response.writeHead(301, { location: `${target.url}moved${request.url}` }).end();
    });
    expectWhole(await fetchOne([url]));
  });

  it('needs no Content-Length', async () => {
    const { url } = await startMirror((_, response, file) => {
      response.write(file.subarray(0, 1000));
      response.end(file.subarray(1000));
    });
    expectWhole(await fetchOne([url]));
  });

  it('takes the bytes as they travel, whatever Content-Encoding says', async () => {
    const { url } = await startMirror((_, response, file) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': file.length }).end(file);
    });
    expectWhole(await fetchOne([url]));
  });

  it('takes a file that was packed in another way, as long as its contents are the same', async () => {
    const repacked = gzipSync(gunzipSync(archive), { level: 1 });
    const { url } = await startMirror((_, response) => void response.end(repacked));
    const folder = await fetchOne([url]);
    expect(readFileSync(join(folder, oneArchive)).equals(repacked)).toBe(true);
  });

  it('checks the publisher’s MD5 where the contents’ SHA-256 is not known', async () => {
    const md5 = createHash('md5').update(archive).digest('hex');
    const declare = (mirror: string, sum: string): ImageDatasetDeclaration => {
      const declaration = oneFileServedBy(mirror);
      const files = declaration.files.map(({ sha256, ...file }) => ({
        ...file,
        archive: { ...file.archive, md5: sum },
      }));
      return { ...declaration, files };
    };
    const { url } = await startMirror();
    const folder = newFolder();
    await fetchFiles(declare(url, md5), folder, impatient);
    expectWhole(folder);
    const refused = fetchFiles(declare(url, md5.replace(/^./, 'x')), newFolder(), impatient);
    await expect(refused).rejects.toThrow('sent another file (checksum-mismatch)');
  });

  it('asks a mirror that has failed last, for the files that follow', async () => {
    const [bad, good] = [await startMirror(status(404)), await startMirror()];
    await fetchFiles(servedBy(bad.url, good.url), newFolder(), impatient);
    expect(bad.requests).toHaveLength(1);
    expect(good.requests).toHaveLength(4);
  });

  it('says in one sentence what failed at each mirror and what to do', async () => {
    const bad = await startMirror(status(403));
    const folder = newFolder();
    const declaration = { ...oneFileServedBy(await deadMirror(), bad.url), debianPackage: 'dataset-fashion-mnist' };
    const error = await fetchFiles(declaration, folder, impatient).catch((error) => error);
    expect(error.code).toBe('unreachable');
    expect(error.message.replace(/127\.0\.0\.1:\d+/g, 'HOST')).toBe(
      `FashionMNIST could not be downloaded (HOST: connection refused; HOST: answered 403): put ${oneArchive} into ${folder} ` +
        'or into a folder named by --data-dir or FLAMBEAU_DATA, or on Debian and Ubuntu run "apt-get install dataset-fashion-mnist"',
    );
    expect(namesIn(folder)).toEqual([]);
  });

  it('says so when the host is not found', async () => {
    const error = await fetchOne(['http://data.invalid/']).catch((error) => error);
    expect(error.message).toContain('(data.invalid: host not found)');
  });

  it('leaves what was there untouched when no mirror can replace it', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, oneArchive), 'damaged, but the user’s');
    const { url } = await startMirror(status(500));
    await expect(fetchOne([url], folder)).rejects.toThrow('answered 500');
    expect(readFileSync(join(folder, oneArchive), 'utf8')).toBe('damaged, but the user’s');
  });

  it('gives one error for a cache folder that can’t be made', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    const { url } = await startMirror();
    const error = await fetchOne([url], join(file, 'flambeau', 'fashion-mnist')).catch((error) => error);
    expect(error.code).toBe('cache-not-writable');
    expect(error.message).toMatch(
      /^the cache folder can't be written \(ENOTDIR.*\): set XDG_CACHE_HOME to another folder/,
    );
  });

  it('reports how far it is: bytes, total and rate, then the verification', async () => {
    const { url } = await startMirror(async (_, response, file) => {
      response.writeHead(200, { 'content-length': file.length });
      for (let start = 0; start < file.length; start += 50_000) {
        response.write(file.subarray(start, start + 50_000));
        await new Promise((later) => setTimeout(later, 30));
      }
      response.end();
    });
    const seen: DownloadProgress[] = [];
    await fetchOne([url], newFolder(), { onProgress: (progress) => seen.push(progress) });
    const downloads = seen.filter(({ phase }) => phase === 'download');
    expect(downloads.length).toBeGreaterThan(2);
    const received = downloads.map(({ receivedBytes }) => receivedBytes as number);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(downloads.at(-1)).toMatchObject({
      dataset: 'fashion-mnist',
      file: oneArchive,
      url: `${url}${oneArchive}`,
      receivedBytes: archive.length,
      totalBytes: archive.length,
    });
    expect(downloads.at(-1)?.bytesPerSecond).toBeGreaterThan(0);
    expect(seen.at(-1)?.phase).toBe('verify');
  });

  it('throws what a progress callback throws, and leaves nothing', async () => {
    const mirror = await startMirror((_, response, file) => void response.end(file));
    const folder = newFolder();
    const failing = fetchOne([mirror.url], folder, {
      onProgress: () => {
        throw new Error('the bar is broken');
      },
    });
    await expect(failing).rejects.toThrow('the bar is broken');
    expect(namesIn(folder).filter((name) => name === oneArchive)).toEqual([]);
    expect(mirror.requests).toHaveLength(1);
  });

  it('is done with its connections, so that the process can end', async () => {
    const { url } = await startMirror(whole());
    const before = process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCPSocket')).length;
    await fetchOne([url]);
    await new Promise((later) => setTimeout(later, 50));
    const after = process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCPSocket')).length;
    // The server's own half of the connection may linger for a moment.
    expect(after).toBeLessThanOrEqual(before + 1);
  });
});
