import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FetchOptions, fetchFiles } from '../../src/fetcher/fetchFiles.ts';
import {
  type Answer,
  cutInHalf,
  etagOf,
  sampleFiles,
  stallHalfway,
  startMirror,
  startOfRange,
  whole,
} from '../support/mirror.ts';
import { impatient, namesIn, newFolder, oneArchive, oneFileServedBy } from '../support/sandbox.ts';

const archive = readFileSync(join(sampleFiles, oneArchive));
const half = archive.length >> 1;
const etag = etagOf(archive);

async function fetchOne(url: string, folder = newFolder(), options: FetchOptions = {}): Promise<string> {
  await fetchFiles(oneFileServedBy(url), folder, { ...impatient, ...options });
  return folder;
}

function expectWhole(folder: string): void {
  expect(namesIn(folder)).toEqual([oneArchive]);
  expect(readFileSync(join(folder, oneArchive)).equals(archive)).toBe(true);
}

/** Cuts the first answer in half, with this entity tag, then answers so. */
const cutOnce =
  (tag: string | undefined, then: Answer): Answer =>
  (request, response, file, nth) => {
    if (nth === 0) cutInHalf(response, file, tag === undefined ? {} : { etag: tag });
    else return then(request, response, file, nth);
  };

describe('a download that was cut off', () => {
  it('goes on where it ended, under the same strong entity tag', async () => {
    const { url, requests } = await startMirror(cutOnce(etag, whole()));
    expectWhole(await fetchOne(url));
    expect(requests).toHaveLength(2);
    expect(requests[1]).toMatchObject({ range: `bytes=${half}-`, ifRange: etag });
  });

  it('goes on as often as it is cut, piece by piece', async () => {
    const { url, requests } = await startMirror((request, response, file) => {
      const start = startOfRange(request) ?? 0;
      const headers = { etag, 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` };
      response.writeHead(start === 0 ? 200 : 206, { ...headers, 'content-length': file.length - start });
      response.write(file.subarray(start, start + 200_000), () => response.destroy());
    });
    expectWhole(await fetchOne(url));
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=200000-', 'bytes=400000-']);
  });

  it('goes on after a stall', async () => {
    const { url, requests } = await startMirror((request, response, file, nth) => {
      if (nth === 0) stallHalfway(response, file, { etag });
      else return whole()(request, response, file, nth);
    });
    expectWhole(await fetchOne(url));
    expect(requests[1].range).toBe(`bytes=${half}-`);
  });

  it.each([
    ['no entity tag', undefined],
    ['a weak entity tag', `W/${etag}`],
    ['an entity tag without quotes', 'abc'],
    ['an endless entity tag', `"${'x'.repeat(5000)}"`],
  ])('begins anew with %s', async (_, tag) => {
    const { url, requests } = await startMirror(
      cutOnce(
        tag,
        whole(() => tag),
      ),
    );
    expectWhole(await fetchOne(url));
    expect(requests.map(({ range }) => range)).toEqual([undefined, undefined]);
  });

  it('begins anew when the file has changed meanwhile (200)', async () => {
    const { url, requests } = await startMirror(
      cutOnce(
        '"old"',
        whole(() => '"new"'),
      ),
    );
    expectWhole(await fetchOne(url));
    expect(requests[1].range).toBe(`bytes=${half}-`);
    expect(requests).toHaveLength(2);
  });

  it('begins anew when ranges are ignored (200)', async () => {
    const plain: Answer = (_, response, file) => void response.writeHead(200, { etag }).end(file);
    const { url, requests } = await startMirror(cutOnce(etag, plain));
    expectWhole(await fetchOne(url));
    expect(requests).toHaveLength(2);
  });

  it.each<[string, Record<string, string>]>([
    [
      'another entity tag',
      { etag: '"other"', 'content-range': `bytes ${half}-${archive.length - 1}/${archive.length}` },
    ],
    ['no entity tag', { 'content-range': `bytes ${half}-${archive.length - 1}/${archive.length}` }],
    ['another start', { etag, 'content-range': `bytes 0-${archive.length - 1}/${archive.length}` }],
    ['another total', { etag, 'content-range': `bytes ${half}-${archive.length - 1}/${archive.length + 1}` }],
    ['no Content-Range', { etag }],
    ['a hostile Content-Range', { etag, 'content-range': `bytes -1-99999999999999999999/1e9` }],
  ])('begins anew when 206 comes with %s', async (_, headers) => {
    const { url, requests } = await startMirror(
      cutOnce(etag, (request, response, file, nth) => {
        if (nth > 1) return whole()(request, response, file, nth);
        response.writeHead(206, headers).end(file.subarray(half));
      }),
    );
    expectWhole(await fetchOne(url));
    expect(requests.map(({ range }) => range)).toEqual([undefined, `bytes=${half}-`, undefined]);
  });

  it('begins anew when the range can’t be had (416)', async () => {
    const { url, requests } = await startMirror(
      cutOnce(etag, (request, response, file, nth) => {
        if (nth > 1) return whole()(request, response, file, nth);
        response.writeHead(416, { 'content-range': 'bytes */10' }).end();
      }),
    );
    expectWhole(await fetchOne(url));
    expect(requests).toHaveLength(3);
  });

  it('hashes the whole, and begins anew when the second piece does not fit the first', async () => {
    const { url, requests } = await startMirror(
      cutOnce(etag, (request, response, file, nth) => {
        if (nth > 1) return whole()(request, response, file, nth);
        return whole(() => etag)(request, response, Buffer.from(file).fill(0, half, half + 9), nth);
      }),
    );
    expectWhole(await fetchOne(url));
    expect(requests.map(({ range }) => range)).toEqual([undefined, `bytes=${half}-`, undefined]);
  });
});

describe('a partial file that an earlier process left', () => {
  const id = '01234567-89ab-cdef-0123-456789abcdef';

  function leave(folder: string, url: string, bytes: Buffer, note: object | string = {}): string {
    const path = join(folder, `${oneArchive}.${id}.part`);
    writeFileSync(path, bytes);
    const origin = { url: `${url}${oneArchive}`, etag, totalBytes: archive.length };
    writeFileSync(`${path}.json`, typeof note === 'string' ? note : JSON.stringify({ ...origin, ...note }));
    return path;
  }

  it('is gone on with', async () => {
    const { url, requests } = await startMirror();
    const folder = newFolder();
    leave(folder, url, archive.subarray(0, 1000));
    expectWhole(await fetchOne(url, folder));
    expect(requests.map(({ range }) => range)).toEqual(['bytes=1000-']);
  });

  it('needs no request when it is complete', async () => {
    const { url, requests } = await startMirror();
    const folder = newFolder();
    leave(folder, url, archive);
    expectWhole(await fetchOne(url, folder));
    expect(requests).toHaveLength(0);
  });

  it.each<[string, Buffer, object | string]>([
    ['is complete and wrong', Buffer.alloc(archive.length, 7), {}],
    ['is longer than the file', Buffer.concat([archive, Buffer.from('more')]), {}],
    ['begins with other bytes', Buffer.alloc(1000, 7), {}],
    ['is of an older file', archive.subarray(0, 1000), { etag: '"older"' }],
    ['is of another mirror', archive.subarray(0, 1000), { url: 'http://data.invalid/x.gz' }],
    ['is empty', Buffer.alloc(0), {}],
    ['has a note that is cut off', archive.subarray(0, 1000), '{"url": "htt'],
    ['has a note of another kind', archive.subarray(0, 1000), 'null'],
    ['has a hostile note', archive.subarray(0, 1000), { etag: 'x\r\nhost: evil', totalBytes: -1 }],
  ])('does no harm when it %s', async (_, bytes, note) => {
    const { url } = await startMirror();
    const folder = newFolder();
    leave(folder, url, bytes, note);
    expectWhole(await fetchOne(url, folder));
  });

  it('is swept away with its note where it is of no use', async () => {
    const { url } = await startMirror();
    const folder = newFolder();
    leave(folder, 'http://data.invalid/', archive.subarray(0, 1000));
    writeFileSync(join(folder, `${oneArchive}.${id.replace('0', '1')}.part`), 'no note');
    writeFileSync(join(folder, `other.gz.${id}.part.json`), 'no file');
    writeFileSync(join(folder, `other.gz.${id}.part.json.new`), 'half a note');
    expectWhole(await fetchOne(url, folder));
  });

  it('leaves the user’s own files alone', async () => {
    const { url } = await startMirror();
    const folder = newFolder();
    writeFileSync(join(folder, 'notes.part'), 'mine');
    await fetchOne(url, folder);
    expect(namesIn(folder)).toEqual(['notes.part', oneArchive].sort());
  });
});
