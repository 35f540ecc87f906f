import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Padding2d, Size2d } from './geometry.ts';
import { defineOp } from './op.ts';

/** Attributes of {@link maxPool2d}. */
export interface MaxPool2dAttributes {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Padding2d;
  readonly dilation: Size2d;
  readonly outputSize: Size2d;
  readonly inputShape: readonly number[];
}

/**
 * The maximum of each window: input `[N, C, H, W]` → output `[N, C, Ho, Wo]` and, as int32 of the same shape, where it
 * stood: its flat index in the H×W plane. Padding counts as −∞ and the first of equal values wins.
 */
export const maxPool2d = defineOp<{ input: Tensor }, MaxPool2dAttributes>({
  name: 'flambeau::max_pool2d',
  outputs: 1,
  composed({ input }, { inputShape, kernelSize, stride, padding, dilation, outputSize }) {
    const [batch, channels, height, width] = inputShape;
    const [top, , left] = padding;
    // Wide enough for the last window, also where ceil mode lets it hang over the edge.
    const reach = (axis: 0 | 1) => (outputSize[axis] - 1) * stride[axis] + (kernelSize[axis] - 1) * dilation[axis] + 1;
    const [bottom, right] = [Math.max(0, reach(0) - height - top), Math.max(0, reach(1) - width - left)];
    const padded = tf.pad(
      input as Tensor4D,
      [
        [0, 0],
        [0, 0],
        [top, bottom],
        [left, right],
      ],
      Number.NEGATIVE_INFINITY,
    );
    let best: Tensor | undefined;
    let index: Tensor | undefined;
    const seen = new Uint8Array(outputSize[0] * outputSize[1]);
    for (let row = 0; row < kernelSize[0]; row++) {
      for (let column = 0; column < kernelSize[1]; column++) {
        const [y, x] = [row * dilation[0], column * dilation[1]];
        const end = [y + (outputSize[0] - 1) * stride[0] + 1, x + (outputSize[1] - 1) * stride[1] + 1];
        const view = tf.stridedSlice(padded, [0, 0, y, x], [batch, channels, ...end], [1, 1, ...stride]);
        const { positions, entering } = trace(inputShape, outputSize, stride, [y - top, x - left], seen);
        const position = tf.tensor4d(positions, [1, 1, ...outputSize], 'int32');
        if (best === undefined || index === undefined) {
          [best, index] = [view, tf.tile(position, [batch, channels, 1, 1])];
          continue;
        }
        // The first element inside the image takes over from padding, also when it is −∞ itself.
        const enters = tf.tensor4d(entering, [1, 1, ...outputSize], 'bool');
        const wins = tf.logicalOr(tf.logicalOr(tf.greater(view, best), tf.isNaN(view)), enters);
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

/**
 * For one element of the window, over all windows: its flat position in the image, and whether it is the window's first
 * element inside the image (`seen` remembers that from element to element).
 */
function trace(
  [, , height, width]: readonly number[],
  [rows, columns]: Size2d,
  [strideY, strideX]: Size2d,
  [offsetY, offsetX]: readonly [number, number],
  seen: Uint8Array,
): { positions: Int32Array; entering: Uint8Array } {
  const positions = new Int32Array(rows * columns);
  const entering = new Uint8Array(rows * columns);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const [y, x] = [row * strideY + offsetY, column * strideX + offsetX];
      positions[i] = y * width + x;
      const inside = y >= 0 && y < height && x >= 0 && x < width;
      if (inside && seen[i] === 0) entering[i] = seen[i] = 1;
    }
  }
  return { positions, entering };
}

/** ∂L/∂input of {@link maxPool2d}: each gradient goes to the element that won, sums where windows overlap. */
export const maxPool2dBackward = defineOp<
  { gradOutput: Tensor; indices: Tensor },
  { readonly inputShape: readonly number[] }
>({
  name: 'flambeau::max_pool2d_backward',
  outputs: 1,
  composed({ gradOutput, indices }, { inputShape }) {
    const [batch, channels, height, width] = inputShape;
    const windows = indices.shape[2]! * indices.shape[3]!;
    const planes = tf.range(0, batch * channels * height * width, height * width, 'int32');
    const flat = tf.add(tf.reshape(indices, [batch * channels, windows]), tf.reshape(planes, [batch * channels, 1]));
    const scattered = tf.scatterND(tf.reshape(flat, [-1, 1]), tf.reshape(gradOutput, [-1]), [
      batch * channels * height * width,
    ]);
    return [tf.reshape(scattered, [...inputShape])];
  },
});
