import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { functional as F, hostArray, type Tensor, valueAndGrad } from '../../src/index.ts';
import { onBackends } from '../golden/onBackends.ts';

const iota = (...shape: number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1)),
    shape,
  );
};
const values = async (tensor: Tensor) => [...(await tensor.data())];

// The numbers themselves are held to PyTorch's in test/golden.
onBackends('functions', (backend) => {
  it('take one image without a batch as the batch of one', async () => {
    const [images, weight] = [iota(1, 2, 6, 5), iota(4, 2, 3, 3)];
    const image = tf.reshape(images, [2, 6, 5]);
    for (const f of [
      (x: Tensor) => F.conv2d(x, weight, null, { padding: 1, stride: 2 }),
      (x: Tensor) => F.maxPool2d(x, 2),
      (x: Tensor) => F.maxPool2dWithIndices(x, 2).indices,
    ]) {
      const [batched, single] = [f(images), f(image)];
      expect(single.shape).toEqual(batched.shape.slice(1));
      expect(await values(single)).toEqual(await values(batched));
    }
  });

  it('refuse integers as input: a kernel would take their bits for floats', () => {
    const whole = tf.ones([1, 2, 4, 4], 'int32');
    const calls = {
      relu: () => F.relu(whole),
      sigmoid: () => F.sigmoid(whole),
      gelu: () => F.gelu(whole),
      maxPool2d: () => F.maxPool2d(whole, 2),
      avgPool2d: () => F.avgPool2d(whole, 2),
      layerNorm: () => F.layerNorm(whole, [4]),
      batchNorm: () => F.batchNorm(whole, null, null, { training: true }),
      conv2d: () => F.conv2d(whole, iota(3, 2, 1, 1)),
      linear: () => F.linear(whole, iota(3, 4)),
    };
    for (const [name, call] of Object.entries(calls)) {
      expect(call, name).toThrow(`${name}: expected an input of type float32, got int32`);
    }
  });

  it('smoothL1Loss and mseLoss take whole numbers as target', async () => {
    const [input, target] = [tf.tensor1d([0.5, 3]), tf.tensor1d([1, 1], 'int32')];
    expect(await values(F.smoothL1Loss(input, target, { reduction: 'none' }))).toEqual([0.125, 1.5]);
    expect(await values(F.mseLoss(input, target, { reduction: 'none' }))).toEqual([0.25, 4]);
  });

  it('take a batch of none, and give back gradients of none', async () => {
    const images = tf.zeros([0, 4, 6, 6]);
    const shapes: [() => Tensor, number[]][] = [
      [() => F.conv2d(images, iota(3, 4, 3, 3)), [0, 3, 4, 4]],
      [() => F.convTranspose2d(images, iota(4, 3, 3, 3)), [0, 3, 8, 8]],
      [() => F.maxPool2d(images, 2), [0, 4, 3, 3]],
      [() => F.avgPool2d(images, 2), [0, 4, 3, 3]],
      [() => F.adaptiveAvgPool2d(images, 2), [0, 4, 2, 2]],
      [() => F.adaptiveMaxPool2d(images, 2), [0, 4, 2, 2]],
      [() => F.groupNorm(images, 2), [0, 4, 6, 6]],
      [() => F.layerNorm(images, [6, 6]), [0, 4, 6, 6]],
      [() => F.gelu(images), [0, 4, 6, 6]],
    ];
    for (const [f, shape] of shapes) {
      const { value, grads } = valueAndGrad(() => {
        const output = f();
        return { loss: tf.sum(output), output };
      }, [images]);
      expect(value.output.shape).toEqual(shape);
      expect(grads[0]!.shape).toEqual(images.shape);
    }
    // PyTorch's mean of no losses is NaN, their sum 0.
    const none = tf.zeros([0, 3]);
    expect(await values(F.mseLoss(none, none))).toEqual([Number.NaN]);
    expect(await values(F.binaryCrossEntropyWithLogits(none, none))).toEqual([Number.NaN]);
    expect(await values(F.smoothL1Loss(none, none, { reduction: 'sum' }))).toEqual([0]);
  });

  it('linear maps the last axis of any shape', async () => {
    const [x, weight, bias] = [iota(2, 3, 4), iota(5, 4), iota(5)];
    const all = F.linear(x, weight, bias);
    expect(all.shape).toEqual([2, 3, 5]);
    const one = F.linear(tf.reshape(tf.slice(x, [1, 2, 0], [1, 1, 4]), [4]), weight, bias);
    expect(one.shape).toEqual([5]);
    const [last, alone] = [(await values(all)).slice(-5), await values(one)];
    for (const [i, value] of alone.entries()) expect(value).toBeCloseTo(last[i], 6);
  });

  it('crossEntropy takes a single example, and pixels', async () => {
    const logits = iota(2, 3, 2, 2);
    const target = backend().tensor(hostArray('int32', [2, 2, 2], Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1)));
    const each = F.crossEntropy(logits, target, { reduction: 'none' });
    expect(each.shape).toEqual([2, 2, 2]);
    const first = F.crossEntropy(tf.reshape(tf.slice(logits, [0, 0, 0, 0], [1, 3, 1, 1]), [3]), tf.scalar(0, 'int32'));
    expect(first.shape).toEqual([]);
    expect((await values(first))[0]).toBeCloseTo((await values(each))[0], 5);
    expect((await values(F.crossEntropy(logits, target, { reduction: 'sum' })))[0]).toBeCloseTo(
      (await values(each)).reduce((a, b) => a + b),
      4,
    );
  });

  it('softmax sums to 1 along the dimension that it is told', async () => {
    for (const dim of [0, 1, -2, -1]) {
      const sums = await values(tf.sum(F.softmax(iota(2, 3, 4), { dim }), dim < 0 ? dim + 3 : dim));
      for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
    }
  });

  it('dropout is the identity when evaluating and for p = 0, and all zeros for p = 1', async () => {
    const x = iota(3);
    expect(F.dropout(x, { p: 0.5, training: false })).toBe(x);
    expect(F.dropout(x, { p: 0 })).toBe(x);
    expect(await values(F.dropout(x, { p: 1 }))).toEqual([0, 0, 0]);
  });

  it('flatten joins the dimensions that it is told, and makes a vector of a scalar', () => {
    const x = iota(2, 3, 4, 5);
    expect(F.flatten(x).shape).toEqual([120]);
    expect(F.flatten(x, { startDim: 1 }).shape).toEqual([2, 60]);
    expect(F.flatten(x, { startDim: 1, endDim: 2 }).shape).toEqual([2, 12, 5]);
    expect(F.flatten(x, { startDim: -2, endDim: -1 }).shape).toEqual([2, 3, 20]);
    expect(F.flatten(tf.scalar(1)).shape).toEqual([1]);
  });

  it('batchNorm without running statistics normalises by the batch, and refuses to evaluate', async () => {
    const output = F.batchNorm(iota(8, 2), null, null, { training: true });
    for (const mean of await values(tf.mean(output, 0))) expect(mean).toBeCloseTo(0, 5);
    expect(() => F.batchNorm(iota(8, 2), null, null)).toThrow(
      'batchNorm: running statistics are needed when not training',
    );
  });
});

describe('a function that is given the wrong shapes', () => {
  it.each<[() => unknown, string]>([
    [() => F.linear(iota(2, 3), iota(5, 4)), 'linear: expected 4 input features, got 3 (input [2, 3])'],
    [() => F.linear(tf.scalar(1), iota(5, 4)), 'linear: expected 4 input features, got a scalar (input [])'],
    [() => F.linear(iota(2, 4), iota(4)), 'linear: expected weight of shape [outFeatures, inFeatures], got [4]'],
    [() => F.linear(iota(2, 4), iota(5, 4), iota(4)), 'linear: expected bias of shape [5], got [4]'],
    [
      () => F.conv2d(iota(4, 4), iota(1, 1, 3, 3)),
      'conv2d: expected an input of shape [N, C, H, W] or [C, H, W], got [4, 4]',
    ],
    [() => F.conv2d(iota(1, 4, 4), iota(1, 1, 3, 3), iota(2)), 'conv2d: expected bias of shape [1], got [2]'],
    [
      () => F.conv2d(iota(2, 4, 4), iota(3, 1, 3, 3), null, { groups: 2 }),
      'conv2d: expected output channels divisible by 2 groups, got 3',
    ],
    [
      () => F.conv2d(iota(1, 4, 4), iota(1, 1, 3, 3), null, { stride: 0 }),
      'conv2d: expected stride to be whole and at least 1, got 0',
    ],
    [
      () => F.conv2d(iota(1, 4, 4), iota(1, 1, 3, 3), null, { padding: [1, -1] }),
      'conv2d: expected padding to be whole and at least 0, got [1,-1]',
    ],
    [
      () => F.crossEntropy(tf.scalar(1), tf.scalar(0, 'int32')),
      'crossEntropy: expected logits of shape [N, C], got a scalar',
    ],
    [
      () => F.crossEntropy(iota(2, 3), tf.zeros([2], 'int32'), { weight: iota(2) }),
      'crossEntropy: expected weight of shape [3], got [2]',
    ],
    [
      () => F.crossEntropy(iota(2, 3), tf.zeros([2], 'int32'), { labelSmoothing: 2 }),
      'crossEntropy: expected labelSmoothing between 0 and 1, got 2',
    ],
    [
      () => F.crossEntropy(iota(2, 3), tf.zeros([2], 'int32'), { reduction: 'max' as never }),
      "crossEntropy: expected reduction 'mean', 'sum' or 'none', got 'max'",
    ],
    [() => F.flatten(iota(2, 3), { startDim: 1, endDim: 0 }), 'flatten: expected startDim before endDim, got 1 and 0'],
    [() => F.softmax(iota(2), { dim: 1 }), 'softmax: expected a dimension in [-1, 0], got 1'],
    [() => F.batchNorm(iota(2), null, null), 'batchNorm: expected an input of shape [N, C, …], got [2]'],
  ])('says what it got and what it wanted (%#)', (call, message) => {
    tf.tidy(() => void expect(call).toThrow(message));
  });
});
