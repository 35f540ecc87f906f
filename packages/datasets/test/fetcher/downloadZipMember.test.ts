import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { DatasetDeclaration } from '@flambeau/datasets';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type FetchOptions, fetchFiles } from '../../src/fetcher/fetchFiles.ts';
import { failure } from '../support/failure.ts';
import { type Answer, askedRange, etagOf, part, startMirror } from '../support/mirror.ts';
import { impatient, namesIn, newFolder } from '../support/sandbox.ts';

/** Bytes that do not deflate to nothing. */
function noise(length: number, seed = 1): Buffer {
  let state = seed;
  return Buffer.from(Array.from({ length }, () => (state = (state * 48271) % 2147483647) & 0x3f));
}

const contents = noise(300_000);
const member = 'vectors.50d.txt';
const others = { 'vectors.25d.txt': noise(400_000, 2), 'vectors.100d.txt': noise(500_000, 3) };
const archive = Buffer.from(
  zipSync({
    'vectors.25d.txt': others['vectors.25d.txt'],
    [member]: contents,
    'vectors.100d.txt': others['vectors.100d.txt'],
  }),
);

function servedBy(...mirrors: string[]): DatasetDeclaration {
  return {
    name: 'vectors',
    title: 'Vectors',
    folders: ['vectors'],
    files: [
      {
        name: member,
        bytes: contents.length,
        sha256: createHash('sha256').update(contents).digest('hex'),
        archive: { name: 'vectors.zip', compression: 'zip', travelsAlone: true },
      },
    ],
    mirrors,
    homepage: '',
    licence: { name: '', url: '' },
    citation: '',
  };
}

const fetchOne = (url: string, folder = newFolder(), options: FetchOptions = {}) =>
  fetchFiles(servedBy(url), folder, { ...impatient, ...options }).then(() => folder);

function expectWhole(folder: string): void {
  expect(namesIn(folder)).toEqual([`${member}.gz`]);
  expect(gunzipSync(readFileSync(join(folder, `${member}.gz`))).equals(contents)).toBe(true);
}

describe('one member of a zip', () => {
  it('travels alone, and is kept as gzip', async () => {
    const { url, requests } = await startMirror(part(), archive);
    const seen: number[] = [];
    const onProgress = ({ receivedBytes }: { receivedBytes?: number }) => void seen.push(receivedBytes ?? 0);
    expectWhole(await fetchOne(url, newFolder(), { onProgress }));
    const asked = requests.map(({ range }) => range?.replace('bytes=', '').split('-').map(Number) as [number, number]);
    expect(requests[0]?.range).toBe('bytes=-131072');
    const travelled = asked.slice(1).reduce((sum, [from, to]) => sum + to - from + 1, 131_072);
    expect(travelled).toBeLessThan(archive.length / 2);
    expect(seen.at(-2)).toBeGreaterThan(200_000);
  });

  it('is found by ranges through redirects', async () => {
    const { url } = await startMirror(part(), archive);
    const moved = await startMirror(
      (_, response) => void response.writeHead(302, { location: `${url}moved.zip` }).end(),
      archive,
    );
    expectWhole(await fetchOne(moved.url));
  });

  it('is found in a zip64 archive, whose directory lies before its last 128 KB', async () => {
    const { url } = await startMirror(part(), zip64(archive));
    expectWhole(await fetchOne(url));
  });

  it('goes on where it was cut off, under the same strong entity tag', async () => {
    const { url, requests } = await startMirror((request, response, file, nth) => {
      const { start, end } = askedRange(request, file.length) as { start: number; end: number };
      if (end - start < 150_000 || nth > 4) return part()(request, response, file, nth);
      const headers = { etag: etagOf(file), 'content-range': `bytes ${start}-${end - 1}/${file.length}` };
      response.writeHead(206, { ...headers, 'content-length': end - start });
      response.write(file.subarray(start, start + 100_000));
      // A connection that is reset takes with it what has not been read yet.
      setTimeout(() => response.destroy(), 100);
    }, archive);
    expectWhole(await fetchOne(url));
    const member = archive.indexOf('vectors.100d.txt') - 30;
    const ends = requests.map(
      ({ range }) =>
        range
          ?.match(/=(\d+)-(\d+)/)
          ?.slice(1)
          .map(Number) ?? [],
    );
    const [first, second] = ends.filter(([, end]) => end === member - 1 || end === member - 17);
    expect(second?.[0]).toBeGreaterThan(first?.[0] as number);
    expect(requests.at(-1)?.ifRange).toBe(etagOf(archive));
  });

  it('goes on after a stall', async () => {
    let stalled = false;
    const { url } = await startMirror((request, response, file, nth) => {
      const { start, end } = askedRange(request, file.length) as { start: number; end: number };
      if (end - start < 150_000 || stalled) return part()(request, response, file, nth);
      stalled = true;
      const headers = { etag: etagOf(file), 'content-range': `bytes ${start}-${end - 1}/${file.length}` };
      response.writeHead(206, headers).write(file.subarray(start, start + 1000));
    }, archive);
    expectWhole(await fetchOne(url));
  });

  it('is begun anew where the archive has changed meanwhile', async () => {
    const folder = newFolder();
    const { url } = await startMirror(part(), archive);
    const path = join(folder, `${member}.gz.01234567-89ab-cdef-0123-456789abcdef.part`);
    writeFileSync(path, noise(5000));
    writeFileSync(`${path}.json`, JSON.stringify({ url: `${url}vectors.zip#${member}`, etag: '"old"', totalBytes: 9 }));
    expectWhole(await fetchOne(url, folder));
  });

  it('is resumed, verified and begun anew where what another process left is wrong', async () => {
    const folder = newFolder();
    const { url } = await startMirror(part(), archive);
    await fetchOne(url, folder);
    const stored = readFileSync(join(folder, `${member}.gz`));
    for (const left of [stored.subarray(0, 5000), stored.subarray(0, -3), stored, noise(5000)]) {
      const other = newFolder();
      const path = join(other, `${member}.gz.01234567-89ab-cdef-0123-456789abcdef.part`);
      const note = { url: `${url}vectors.zip#${member}`, etag: etagOf(archive), totalBytes: stored.length - 8 };
      writeFileSync(path, left);
      writeFileSync(`${path}.json`, JSON.stringify(note));
      expectWhole(await fetchOne(url, other));
    }
  });

  it('needs no strong entity tag', async () => {
    const { url } = await startMirror(part({ etag: 'W/"weak"' }), archive);
    expectWhole(await fetchOne(url));
  });
});

describe('a mirror is passed over, and the reason told, when it', () => {
  const ignore: Answer = (_, response, file) =>
    void response.writeHead(200, { 'content-length': file.length }).end(file);
  const lying =
    (change: (range: { start: number; end: number }, length: number) => string): Answer =>
    (request, response, file) => {
      const range = askedRange(request, file.length) as { start: number; end: number };
      response
        .writeHead(206, { 'content-range': change(range, file.length) })
        .end(file.subarray(range.start, range.end));
    };
  const damaged = Buffer.from(archive);
  damaged.fill(0x55, archive.indexOf(member) + 1000, archive.indexOf(member) + 1100);

  it.each<[string, Answer, Buffer, RegExp]>([
    ['sends whole files only', ignore, archive, /sends no parts of a file, only the whole archive of [\d,]+ bytes/],
    ['has no such file', (_, response) => void response.writeHead(404).end(), archive, /answered 404/],
    [
      'sends another part',
      lying(({ start, end }, all) => `bytes ${start + 1}-${end - 1}/${all}`),
      archive,
      /another part/,
    ],
    ['does not say which part', (_, response, file) => void response.writeHead(206).end(file), archive, /no parts/],
    [
      'lies about the length of its archive',
      lying(({ start, end }, all) => `bytes ${start}-${end - 1}/${all * 2}`),
      archive,
      /another part/,
    ],
    [
      'sends more than was asked for',
      (request, response, file) => {
        const { start, end } = askedRange(request, file.length) as { start: number; end: number };
        response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${file.length}` }).end(file);
      },
      archive,
      /more/,
    ],
    ['has something that is no zip', part(), noise(200_000), /another file/],
    ['has a zip without the member', part(), Buffer.from(zipSync(others)), /does not hold vectors\.50d\.txt/],
    [
      'has another member of that name',
      part(),
      Buffer.from(zipSync({ [member]: noise(300_001) })),
      /has 300001 bytes, expected 300000/,
    ],
    [
      'has a member that is not packed',
      part(),
      Buffer.from(zipSync({ [member]: contents }, { level: 0 })),
      /expected 300000, deflated/,
    ],
    ['has damaged bytes', part(), damaged, /another file/],
  ])('%s', async (_, answer, file, message) => {
    const { url } = await startMirror(answer, file);
    const folder = newFolder();
    const error = await failure(fetchOne(url, folder));
    expect(error.code).toBe('unreachable');
    expect(error.message).toMatch(message);
    expect(error.message).toContain('put vectors.zip into');
    expect(namesIn(folder)).toEqual([]);
    // The next mirror has its turn.
    const good = await startMirror(part(), archive);
    await fetchFiles(servedBy(url, good.url), folder, impatient);
    expectWhole(folder);
  });
});

/** The same archive with a zip64 directory, and a long comment on its first member that pushes the directory forward. */
function zip64(plain: Buffer): Buffer {
  const end = plain.length - 22;
  const [count, bytes, start] = [
    plain.readUInt16LE(end + 10),
    plain.readUInt32LE(end + 12),
    plain.readUInt32LE(end + 16),
  ];
  const padding = Buffer.alloc(60_000);
  const directory = Array.from({ length: 3 }).reduce<Buffer[]>((entries) => {
    const at = start + entries.reduce((sum, entry) => sum + entry.length - padding.length, 0);
    const length = 46 + plain.readUInt16LE(at + 28) + plain.readUInt16LE(at + 30) + plain.readUInt16LE(at + 32);
    const entry = Buffer.from(plain.subarray(at, at + length));
    entry.writeUInt16LE(padding.length + plain.readUInt16LE(at + 32), 32);
    entries.push(Buffer.concat([entry, padding]));
    return entries;
  }, []);
  const central = Buffer.concat(directory);
  expect(central.length).toBe(bytes + 3 * padding.length);
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 'latin1');
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  for (const at of [24, 32]) record.writeBigUInt64LE(BigInt(count), at);
  record.writeBigUInt64LE(BigInt(central.length), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(start + central.length), 8);
  locator.writeUInt32LE(1, 16);
  const tail = Buffer.alloc(22, 0xff);
  tail.write('PK\x05\x06', 'latin1');
  tail.writeUInt32LE(0, 4);
  tail.writeUInt16LE(0, 20);
  return Buffer.concat([plain.subarray(0, start), central, record, locator, tail]);
}
