import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { grad } from '../../src/autograd/valueAndGrad.ts';
import { setDefaultBackend, toHost } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';
import * as nn from '../../src/nn/index.ts';
import { ShapeError } from '../../src/tensor/shape.ts';

beforeAll(async () => {
  setDefaultBackend(await createBackend('simd'));
});

const numbers = async (tensor: tf.Tensor) => [...(await toHost(tensor)).data].map(Number);
const padded = () => tf.tensor2d([1, 2, 0, 3, 0, 0, 4, 5, 6], [3, 3], 'int32');

// What PyTorch gives is written out.
describe('packing', () => {
  it('goes step by step, the longest sequence first', async () => {
    const packed = nn.packPaddedSequence(padded(), [2, 1, 3], { batchFirst: true, enforceSorted: false });
    expect(await numbers(packed.data)).toEqual([4, 1, 3, 5, 2, 6]);
    expect(packed.batchSizes).toEqual([3, 2, 1]);
    expect(packed.sortedIndices).toEqual([2, 0, 1]);
    expect(packed.unsortedIndices).toEqual([1, 2, 0]);
    expect(packed.lengths).toEqual([2, 1, 3]);
  });

  it('keeps sequences of one length in their order', () => {
    const packed = nn.packPaddedSequence(tf.zeros([3, 4]), [3, 2, 3, 2], { enforceSorted: false });
    expect(packed.sortedIndices).toEqual([0, 2, 1, 3]);
  });

  it('takes sorted lengths by default, and says where they rise', async () => {
    const packed = nn.packPaddedSequence(padded(), [3, 2, 2], { batchFirst: true });
    expect(await numbers(packed.data)).toEqual([1, 3, 4, 2, 0, 5, 0]);
    expect(packed.sortedIndices).toBeNull();
    expect(() => nn.packPaddedSequence(padded(), [2, 3, 1])).toThrow(
      'expected lengths that do not rise, got 3 after 2; pass enforceSorted: false to have them sorted',
    );
  });

  it('refuses lengths that do not fit', () => {
    expect(() => nn.packPaddedSequence(padded(), [3, 2])).toThrow(ShapeError);
    expect(() => nn.packPaddedSequence(padded(), [3, 2, 0])).toThrow(
      'expected lengths from 1 to 3, got 0 for sequence 2',
    );
    expect(() => nn.packPaddedSequence(padded(), [4, 2, 1])).toThrow('expected lengths from 1 to 3, got 4');
    expect(() => nn.packPaddedSequence(tf.zeros([3]), [3])).toThrow('expected an input of shape [T, N, *], got [3]');
  });

  it('hands gradients on to real places only', async () => {
    const x = tf.ones([3, 3, 2]);
    const [gradient] = grad(() => {
      const packed = nn.packPaddedSequence(x, [1, 3, 2], { batchFirst: true, enforceSorted: false });
      return tf.sum(tf.mul(packed.data, 2));
    }, [x]);
    expect(await numbers(tf.slice(gradient!, [0, 0, 0], [3, 3, 1]))).toEqual([2, 0, 0, 2, 2, 2, 2, 2, 0]);
  });
});

describe('padding', () => {
  it('is what packing undoes', async () => {
    const packed = nn.packPaddedSequence(padded(), [2, 1, 3], { batchFirst: true, enforceSorted: false });
    const [batch, lengths] = nn.padPackedSequence(packed, { batchFirst: true, paddingValue: -1, totalLength: 4 });
    expect(batch.shape).toEqual([3, 4]);
    expect(batch.dtype).toBe('int32');
    expect(await numbers(batch)).toEqual([1, 2, -1, -1, 3, -1, -1, -1, 4, 5, 6, -1]);
    expect(lengths).toEqual([2, 1, 3]);
    expect(await numbers(nn.padPackedSequence(packed)[0])).toEqual([1, 3, 4, 2, 0, 5, 0, 0, 6]);
  });

  it('never cuts a sequence', () => {
    const packed = nn.packPaddedSequence(padded(), [3, 2, 1]);
    expect(() => nn.padPackedSequence(packed, { totalLength: 2 })).toThrow('at least 3, the longest length, got 2');
  });

  it('of sequences makes a batch of them, or packs them', async () => {
    const sequences = [tf.tensor1d([1, 2]), tf.tensor1d([3])];
    const batch = nn.padSequence(sequences, { paddingValue: 9 });
    expect(batch.shape).toEqual([2, 2]);
    expect(await numbers(batch)).toEqual([1, 3, 2, 9]);
    const packed = nn.packSequence(sequences);
    expect(await numbers(packed.data)).toEqual([1, 3, 2]);
    expect(packed.batchSizes).toEqual([2, 1]);
  });
});

it('a packed sequence holds as many rows as its steps have sequences', () => {
  expect(() => new nn.PackedSequence(tf.zeros([4, 2]), [2, 1])).toThrow(
    'expected 3 rows, the sum of the batch sizes, got [4, 2]',
  );
});
