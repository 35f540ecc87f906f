import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Size2d } from './geometry.ts';
import { maxPool2dBackward } from './maxPool2d.ts';
import { defineOp } from './op.ts';

/** Attributes of the adaptive pooling ops. */
export interface AdaptivePool2dAttributes {
  readonly outputSize: Size2d;
  readonly inputShape: readonly number[];
}

/**
 * The mean of each of Ho×Wo windows that cover the image: window i of a side of n reaches from ⌊i·n/N⌋ to ⌈(i + 1)·n/N⌉.
 * Input `[N, C, H, W]` → `[N, C, Ho, Wo]`.
 */
export const adaptiveAvgPool2d = defineOp<{ input: Tensor }, AdaptivePool2dAttributes>({
  name: 'flambeau::adaptive_avg_pool2d',
  outputs: 1,
  composed: ({ input }, { inputShape, outputSize }) => [
    alongBothSides(input, means(inputShape[2], outputSize[0], false), means(inputShape[3], outputSize[1], false)),
  ],
  saved: () => [],
  gradient: (gradOutput, _, attributes) => ({ input: () => adaptiveAvgPool2dBackward({ gradOutput }, attributes)[0] }),
});

/** ∂L/∂input of {@link adaptiveAvgPool2d}: each gradient in equal shares to its window. */
export const adaptiveAvgPool2dBackward = defineOp<{ gradOutput: Tensor }, AdaptivePool2dAttributes>({
  name: 'flambeau::adaptive_avg_pool2d_backward',
  outputs: 1,
  composed: ({ gradOutput }, { inputShape, outputSize }) => [
    alongBothSides(gradOutput, means(inputShape[2], outputSize[0], true), means(inputShape[3], outputSize[1], true)),
  ],
});

/**
 * The maximum of each of those windows, and as int32 its flat index in the H×W plane; the first of equal values wins.
 */
export const adaptiveMaxPool2d = defineOp<{ input: Tensor }, AdaptivePool2dAttributes>({
  name: 'flambeau::adaptive_max_pool2d',
  outputs: 1,
  composed({ input }, { inputShape, outputSize }) {
    const [batch, channels, height, width] = inputShape;
    const rows = windows(height, outputSize[0]);
    const columns = windows(width, outputSize[1]);
    const longest = (all: readonly Window[]) => Math.max(...all.map(({ start, end }) => end - start));
    let best: Tensor | undefined;
    let index: Tensor | undefined;
    for (let i = 0; i < longest(rows); i++) {
      // A shorter window sees its last element again, which changes nothing.
      const y = rows.map(({ start, end }) => Math.min(start + i, end - 1));
      const band = tf.gather(input, tf.tensor1d(y, 'int32'), 2);
      for (let j = 0; j < longest(columns); j++) {
        const x = columns.map(({ start, end }) => Math.min(start + j, end - 1));
        const view = tf.gather(band, tf.tensor1d(x, 'int32'), 3);
        const flat = y.flatMap((row) => x.map((column) => row * width + column));
        const position = tf.tensor4d(flat, [1, 1, ...outputSize], 'int32');
        if (best === undefined || index === undefined) {
          [best, index] = [view, tf.tile(position, [batch, channels, 1, 1])];
          continue;
        }
        const wins = tf.logicalOr(tf.greater(view, best), tf.isNaN(view));
        index = tf.where(wins, tf.broadcastTo(position, index.shape), index);
        best = tf.where(wins, view, best);
      }
    }
    return [best!, index!];
  },
  saved: (_, [, indices]) => [indices],
  gradient: (gradOutput, [indices], { inputShape }) => ({
    input: () => maxPool2dBackward({ gradOutput, indices }, { inputShape })[0],
  }),
});

interface Window {
  readonly start: number;
  readonly end: number;
}

const windows = (size: number, count: number): Window[] =>
  Array.from({ length: count }, (_, i) => ({
    start: Math.floor((i * size) / count),
    end: Math.ceil(((i + 1) * size) / count),
  }));

/** The matrix that takes a side's means, `[size, count]`, or its transpose. */
function means(size: number, count: number, transposed: boolean): Tensor {
  const values = new Float32Array(size * count);
  windows(size, count).forEach(({ start, end }, window) => {
    for (let i = start; i < end; i++) {
      values[transposed ? window * size + i : i * count + window] = 1 / (end - start);
    }
  });
  return tf.tensor2d(values, transposed ? [count, size] : [size, count]);
}

/** Multiplies each plane's columns and rows by a matrix each: `[N, C, H, W]`, `[H, A]`, `[W, B]` → `[N, C, A, B]`. */
function alongBothSides(images: Tensor, vertical: Tensor, horizontal: Tensor): Tensor {
  const [batch, channels, height, width] = images.shape as number[];
  const [across, down] = [horizontal.shape[1]!, vertical.shape[1]!];
  const wide = tf.matMul(tf.reshape(images, [-1, width]), horizontal);
  const turned = tf.transpose(tf.reshape(wide, [batch * channels, height, across]), [0, 2, 1]);
  const tall = tf.matMul(tf.reshape(turned, [-1, height]), vertical);
  const back = tf.transpose(tf.reshape(tall, [batch * channels, across, down]), [0, 2, 1]);
  return tf.reshape(back, [batch, channels, down, across]);
}
