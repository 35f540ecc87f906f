import { data, hostArray, nn, type Tensor } from '@flambeau/core';
import { memory, reshape } from '@tensorflow/tfjs-core';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { mostConfidentlyWrong } from '../../src/metrics/mostConfidentlyWrong.ts';
import { mistakeSheet } from '../../src/plots/mistakeSheet.ts';
import { svgToPng } from '../../src/plots/svgToPng.ts';
import { simd } from '../onSimd.ts';

beforeAll(async () => {
  await simd();
});

/** Takes the pixels of a 1×3 image for the logits of three classes. */
class Pixels extends nn.Module {
  dropout = new nn.Dropout(0.9);
  forward(images: Tensor): Tensor {
    return reshape(this.dropout.forward(images), [-1, 3]);
  }
}

const logits = [
  [5, 0, 0], // right
  [0, 4, 0], // wrong, very sure
  [0, 0, 1], // wrong, hardly
  [0, 0, 2], // right
  [3, 0, 0], // wrong, sure
  [0, 0, 3], // wrong, as sure
];
const labels = [0, 0, 1, 2, 1, 0];
const examples = new data.TensorDataset(
  hostArray('float32', [6, 1, 1, 3], Float32Array.from(logits.flat())),
  hostArray('int32', [6], Int32Array.from(labels)),
);
const loader = (batchSize: number) => new data.DataLoader(examples, { batchSize }) as never;
const softmax = (row: readonly number[], index: number) =>
  Math.exp(row[index]!) / row.reduce((sum, value) => sum + Math.exp(value), 0);

describe('mostConfidentlyWrong', () => {
  it.each([1, 4, 6])(
    'gives index, label, prediction and probability, the surest first (batches of %i)',
    async (batch) => {
      const mistakes = await mostConfidentlyWrong(new Pixels(), loader(batch));
      expect(mistakes.map(({ index, label, predicted }) => [index, label, predicted])).toEqual([
        [1, 0, 1],
        [4, 1, 0],
        [5, 0, 2],
        [2, 1, 2],
      ]);
      for (const { index, predicted, probability } of mistakes) {
        expect(probability).toBeCloseTo(softmax(logits[index]!, predicted), 6);
      }
    },
  );

  it('gives no more than it is asked for', async () => {
    const mistakes = await mostConfidentlyWrong(new Pixels(), loader(2), { count: 2 });
    expect(mistakes.map(({ index }) => index)).toEqual([1, 4]);
  });

  it('leaves the model in its mode, each part in its own, and no tensor behind', async () => {
    const net = new Pixels();
    net.dropout.eval();
    const before = memory().numTensors;
    await mostConfidentlyWrong(net, loader(3));
    expect([net.training, net.dropout.training]).toEqual([true, false]);
    expect(memory().numTensors).toBe(before);
  });

  it('refuses to give less than one', async () => {
    await expect(mostConfidentlyWrong(new Pixels(), loader(3), { count: 0 })).rejects.toThrow(
      'mostConfidentlyWrong: expected count whole and above 0, got 0',
    );
  });
});

describe('mistakeSheet', () => {
  const classes = ['coat', 'shirt', 'bag'];
  const image = () => hostArray('float32', [1, 2, 2], Float32Array.of(0, 0.5, 0.75, 1));
  const mistakes = [
    { index: 17, label: 0, predicted: 1, probability: 0.99987 },
    { index: 3, label: 2, predicted: 0, probability: 0.5 },
  ];

  it('says of each image what it is, and what it was taken for, how surely', async () => {
    const svg = mistakeSheet(mistakes, image, classes, { title: 'Wrong', subtitle: 'on the test set' });
    for (const words of [
      'image 17: coat',
      'taken for shirt',
      'at 99.99%',
      'image 3: bag',
      'taken for coat',
      'at 50.00%',
    ]) {
      expect(svg).toContain(`>${words}<`);
    }
    expect(svg).toContain('Image 17 is coat, taken for shirt at 99.99%.');
    const { width, height } = decode(await svgToPng(svg));
    expect(Math.min(width, height)).toBeGreaterThan(50);
  });

  it('refuses no mistakes', () => {
    expect(() => mistakeSheet([], image, classes)).toThrow('expected at least one mistake, got none');
  });
});
