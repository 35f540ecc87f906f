import { existsSync } from 'node:fs';
import { fashionMnistSample } from '@flambeau/datasets';
import { type LoadedImages, loadFashionMnist, loadImageDataset, verifyDataset } from '@flambeau/datasets/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { sampleFolder } from '../../src/search/dataFolders.ts';
import '../support/sandbox.ts';

const dataDir = '/usr/share/datasets';
const isHere = existsSync(`${dataDir}/fashion-mnist`);
if (!isHere) {
  console.warn(
    `The whole of FashionMNIST is not tested here: ${dataDir}/fashion-mnist is missing (apt-get install dataset-fashion-mnist).`,
  );
}

describe.runIf(isHere)('the whole of FashionMNIST, from Debian’s folder', () => {
  let whole: LoadedImages;
  beforeAll(async () => {
    whole = await loadFashionMnist({ dataDir });
  });

  it('loads: 60,000 and 10,000 images, 6,000 and 1,000 a class, the first an ankle boot', () => {
    const { train, test, classes, source } = whole;
    expect(source).toMatchObject({ kind: 'data-dir', path: `${dataDir}/fashion-mnist`, isComplete: true });
    expect(train.images.shape).toEqual([60_000, 1, 28, 28]);
    expect(test.images.shape).toEqual([10_000, 1, 28, 28]);
    for (const [split, perClass] of [
      [train, 6000],
      [test, 1000],
    ] as const) {
      const counts = new Array(10).fill(0);
      for (const label of split.labels.data) counts[label]++;
      expect(counts).toEqual(new Array(10).fill(perClass));
    }
    expect(Array.from(train.labels.data.subarray(0, 10))).toEqual([9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
    expect(classes[train.get(0)[1]]).toBe('Ankle boot');
  });

  it('has torchvision’s mean and deviation: 0.2860 and 0.3530', () => {
    const { data } = whole.train.images;
    let sum = 0;
    let squares = 0;
    for (const value of data) {
      sum += value;
      squares += value * value;
    }
    const mean = sum / data.length;
    expect(mean / 255).toBeCloseTo(0.286, 4);
    expect(Math.sqrt(squares / data.length - mean * mean) / 255).toBeCloseTo(0.353, 4);
  });

  it('begins each class with the shipped sample’s images', async () => {
    const sample = await loadImageDataset(fashionMnistSample, {
      dataDir: sampleFolder({ ...fashionMnistSample, name: 'fashion-mnist' }),
    });
    for (const [split, perClass] of [
      ['train', 600],
      ['test', 100],
    ] as const) {
      const seen = new Array(10).fill(0);
      const kept: number[] = [];
      whole[split].labels.data.forEach((label, index) => {
        if (seen[label]++ < perClass) kept.push(index);
      });
      const [images, labels] = whole[split].getBatch(kept);
      const [sampleImages, sampleLabels] = sample[split].getBatch(kept.map((_, index) => index));
      expect(Buffer.from(images.data.buffer).equals(Buffer.from(sampleImages.data.buffer))).toBe(true);
      expect(labels.data).toEqual(sampleLabels.data);
    }
  });

  it('verifies, though Debian has packed it anew', async () => {
    const { isWhole, files } = await verifyDataset('fashion-mnist', { dataDir });
    expect(isWhole).toBe(true);
    expect(files.map(({ isChecksumKnown }) => isChecksumKnown)).toEqual([true, true, true, true]);
  });
});
