import { fashionMnistSample, loadImageDatasetFromUrl, type UrlProgress } from '@flambeau/datasets';
import { describe, expect, it } from 'vitest';
import { deadMirror, startMirror } from '../support/mirror.ts';
import '../support/sandbox.ts';

describe('loadImageDatasetFromUrl', () => {
  it('loads the shipped sample by fetch', async () => {
    const { url } = await startMirror();
    const seen: UrlProgress[] = [];
    const { train, test, classes } = await loadImageDatasetFromUrl(fashionMnistSample, url, {
      onProgress: (progress) => seen.push(progress),
    });
    expect([train.length, test.length]).toEqual([6000, 1000]);
    expect(classes[train.get(0)[1]]).toBe('Ankle boot');
    expect(seen.at(-1)).toMatchObject({ unpackedBytes: 5_495_048, totalBytes: 5_495_048 });
  });

  it('takes files that the server sends with Content-Encoding: gzip, which fetch unpacks', async () => {
    const { url } = await startMirror((_, response, archive) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(archive);
    });
    expect((await loadImageDatasetFromUrl(fashionMnistSample, url)).train.length).toBe(6000);
  });

  it('asks for the URLs that a bundler gave the files', async () => {
    const mirror = await startMirror();
    const urls = { 'train-images-idx3-ubyte': `${mirror.url}assets/train-images-idx3-ubyte.gz` };
    await loadImageDatasetFromUrl(fashionMnistSample, mirror.url, { urls });
    expect(mirror.requests).toHaveLength(4);
  });

  it('names the URL that could not be loaded', async () => {
    const { url } = await startMirror((_, response) => void response.writeHead(404).end());
    await expect(loadImageDatasetFromUrl(fashionMnistSample, url)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/^http:.*\.gz could not be loaded: the server answered 404$/),
    });
    await expect(loadImageDatasetFromUrl(fashionMnistSample, await deadMirror())).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  it('tells a lost connection from damage', async () => {
    const cut = await startMirror((_, response, archive) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, archive.length >> 1), () => response.destroy());
    });
    await expect(loadImageDatasetFromUrl(fashionMnistSample, cut.url)).rejects.toMatchObject({ code: 'unreachable' });
    const damaged = await startMirror((_, response, archive) => void response.end(Buffer.from(archive).fill(0, 100)));
    await expect(loadImageDatasetFromUrl(fashionMnistSample, damaged.url)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('throws the signal’s reason when interrupted, and what a callback throws', async () => {
    const { url } = await startMirror();
    const reason = new Error('the page was left');
    const loading = loadImageDatasetFromUrl(fashionMnistSample, url, { signal: AbortSignal.abort(reason) });
    await expect(loading).rejects.toBe(reason);
    const broken = new Error('the bar is broken');
    const failing = loadImageDatasetFromUrl(fashionMnistSample, url, {
      onProgress: () => {
        throw broken;
      },
    });
    await expect(failing).rejects.toBe(broken);
  });

  it('ends the other downloads when one has failed', async () => {
    let isEnded: (ended: boolean) => void;
    const ended = new Promise((resolve) => {
      isEnded = resolve;
    });
    const { url } = await startMirror((request, response, archive) => {
      if (request.url?.includes('labels')) return void response.writeHead(404).end();
      response.on('close', () => isEnded(true));
      response.writeHead(200, { 'content-length': archive.length }).write(archive.subarray(0, 1000));
    });
    await expect(loadImageDatasetFromUrl(fashionMnistSample, url)).rejects.toMatchObject({ code: 'unreachable' });
    expect(await ended).toBe(true);
  });
});
