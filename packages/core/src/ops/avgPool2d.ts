import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { conv2d, conv2dBackwardInput } from './conv2d.ts';
import type { Padding2d, Size2d } from './geometry.ts';
import { defineOp } from './op.ts';

/** Attributes of {@link avgPool2d}. */
export interface AvgPool2dAttributes {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Padding2d;
  readonly outputSize: Size2d;
  readonly inputShape: readonly number[];
  /** Whether the padding's zeros count. */
  readonly countIncludePad: boolean;
  /** What every sum is divided by instead of the window's size; 0 for the window's size. */
  readonly divisorOverride: number;
}

/** The mean of each window: input `[N, C, H, W]` → `[N, C, Ho, Wo]`. */
export const avgPool2d = defineOp<{ input: Tensor }, AvgPool2dAttributes>({
  name: 'flambeau::avg_pool2d',
  outputs: 1,
  composed({ input }, attributes) {
    const { inputShape, outputSize } = attributes;
    const [batch, channels, height, width] = inputShape;
    // Each channel as an image of its own: a sum over windows is a convolution with ones.
    const images = tf.reshape(input, [batch * channels, 1, height, width]);
    const [sums] = conv2d({ input: images, weight: ones(attributes) }, geometryOf(attributes));
    return [tf.reshape(tf.mul(sums, shares(attributes)), [batch, channels, ...outputSize])];
  },
  saved: () => [],
  gradient: (gradOutput, _, attributes) => ({ input: () => avgPool2dBackward({ gradOutput }, attributes)[0] }),
});

/** ∂L/∂input of {@link avgPool2d}: each gradient in equal shares to its window. */
export const avgPool2dBackward = defineOp<{ gradOutput: Tensor }, AvgPool2dAttributes>({
  name: 'flambeau::avg_pool2d_backward',
  outputs: 1,
  composed({ gradOutput }, attributes) {
    const { inputShape, outputSize } = attributes;
    const [batch, channels, height, width] = inputShape;
    const shared = tf.mul(tf.reshape(gradOutput, [batch * channels, 1, ...outputSize]), shares(attributes));
    const planes = [batch * channels, 1, height, width];
    const geometry = { ...geometryOf(attributes), inputShape: planes };
    const [spread] = conv2dBackwardInput({ gradOutput: shared, weight: ones(attributes) }, geometry);
    return [tf.reshape(spread, [...inputShape])];
  },
});

const ones = ({ kernelSize }: AvgPool2dAttributes): Tensor => tf.ones([1, 1, ...kernelSize]);

/** The windows as a convolution's, with as much room at the end as the last window needs in ceil mode. */
function geometryOf({ kernelSize, stride, padding, outputSize, inputShape }: AvgPool2dAttributes) {
  const room = (axis: 0 | 1) => {
    const reach = (outputSize[axis] - 1) * stride[axis] + kernelSize[axis];
    return Math.max(0, reach - inputShape[2 + axis] - padding[2 * axis]);
  };
  const around: Padding2d = [padding[0], room(0), padding[2], room(1)];
  return { stride, padding: around, dilation: [1, 1], groups: 1 } as const;
}

/** One over what each window's sum is divided by, `[1, 1, Ho, Wo]`. */
function shares(attributes: AvgPool2dAttributes): Tensor {
  const { outputSize, divisorOverride } = attributes;
  const [rows, columns] = [extents(attributes, 0), extents(attributes, 1)];
  const values = new Float32Array(outputSize[0] * outputSize[1]);
  for (let i = 0; i < values.length; i++) {
    const size = rows[Math.floor(i / outputSize[1])] * columns[i % outputSize[1]];
    values[i] = 1 / (divisorOverride || size);
  }
  return tf.tensor(values, [1, 1, ...outputSize]);
}

/** How many elements of each window count along one axis; those beyond the padding never do. */
function extents(attributes: AvgPool2dAttributes, axis: 0 | 1): number[] {
  const { kernelSize, stride, padding, outputSize, inputShape, countIncludePad } = attributes;
  const [size, before, after] = [inputShape[2 + axis], padding[2 * axis], padding[2 * axis + 1]];
  return Array.from({ length: outputSize[axis] }, (_, i) => {
    const start = i * stride[axis] - before;
    const end = Math.min(start + kernelSize[axis], size + after);
    return countIncludePad ? end - start : Math.min(end, size) - Math.max(start, 0);
  });
}
