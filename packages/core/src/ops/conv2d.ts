import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { outputSize, type Padding2d, type Size2d } from './geometry.ts';
import { defineOp } from './op.ts';

/** Attributes of the convolution ops. */
export interface Conv2dAttributes {
  readonly stride: Size2d;
  readonly padding: Padding2d;
  readonly dilation: Size2d;
  readonly groups: number;
}

/**
 * 2-D cross-correlation with bias, NCHW: input `[N, C, H, W]`, weight `[O, C/groups, kh, kw]`, bias `[O]` →
 * `[N, O, Ho, Wo]`.
 */
export const conv2d = defineOp<{ input: Tensor; weight: Tensor; bias?: Tensor }, Conv2dAttributes>({
  name: 'flambeau::conv2d',
  outputs: 1,
  composed({ input, weight, bias }, attributes) {
    const { padding, groups } = attributes;
    const [top, bottom, left, right] = padding;
    const padded = tf.pad(input as Tensor4D, [
      [0, 0],
      [0, 0],
      [top, bottom],
      [left, right],
    ]);
    const kernel = dilate(weight, attributes.dilation);
    const output =
      weight.shape[1] === 1
        ? correlateDepthwise(padded, kernel, attributes.stride)
        : correlateGroups(padded, kernel, attributes.stride, groups);
    return [bias === undefined ? output : tf.add(output, tf.reshape(bias, [1, -1, 1, 1]))];
  },
  saved: ({ input, weight }) => [input, weight],
  gradient(gradOutput, [input, weight], attributes) {
    const { stride, padding, dilation, groups } = attributes;
    const geometry = { stride, padding, dilation, groups };
    return {
      input: () => conv2dBackwardInput({ gradOutput, weight }, { ...geometry, inputShape: input.shape })[0],
      weight: () => conv2dBackwardWeight({ gradOutput, input }, { ...geometry, weightShape: weight.shape })[0],
      bias: () => conv2dBackwardBias({ gradOutput }, {})[0],
    };
  },
});

/** ∂L/∂input of {@link conv2d}: the gradient spread back over the windows, `[N, C, H, W]`. */
export const conv2dBackwardInput = defineOp<
  { gradOutput: Tensor; weight: Tensor },
  Conv2dAttributes & { readonly inputShape: readonly number[] }
>({
  name: 'flambeau::conv2d_backward_input',
  outputs: 1,
  composed({ gradOutput, weight }, { stride, padding, dilation, groups, inputShape }) {
    const [batch, channels, height, width] = inputShape;
    const [top, bottom, left, right] = padding;
    const [paddedHeight, paddedWidth] = [height + top + bottom, width + left + right];
    const kernels = splitRows(dilate(weight, dilation), groups);
    const perGroup = splitChannels(gradOutput, groups).map((gradient, group) => {
      const filter = tf.transpose(kernels[group], [2, 3, 1, 0]) as Tensor4D;
      const image = tf.transpose(gradient, [0, 2, 3, 1]) as Tensor4D;
      // conv2dTranspose wants the exact size that a convolution of this stride would have come from.
      const [exactHeight, exactWidth] = [
        ((gradient as Tensor4D).shape[2] - 1) * stride[0] + filter.shape[0],
        ((gradient as Tensor4D).shape[3] - 1) * stride[1] + filter.shape[1],
      ];
      const shape: [number, number, number, number] = [batch, exactHeight, exactWidth, channels / groups];
      const spread = tf.conv2dTranspose(image, filter, shape, [...stride] as [number, number], 'valid');
      // Rows and columns at the end that no window reached.
      return tf.pad(spread, [
        [0, 0],
        [0, paddedHeight - exactHeight],
        [0, paddedWidth - exactWidth],
        [0, 0],
      ]);
    });
    const all = groups === 1 ? perGroup[0] : tf.concat(perGroup, 3);
    const inner = tf.slice(all, [0, top, left, 0], [batch, height, width, channels]);
    return [tf.transpose(inner, [0, 3, 1, 2])];
  },
});

/** ∂L/∂weight of {@link conv2d}, `[O, C/groups, kh, kw]`: the input correlated with the gradient. */
export const conv2dBackwardWeight = defineOp<
  { gradOutput: Tensor; input: Tensor },
  Conv2dAttributes & { readonly weightShape: readonly number[] }
>({
  name: 'flambeau::conv2d_backward_weight',
  outputs: 1,
  composed({ gradOutput, input }, { stride, padding, dilation, groups, weightShape }) {
    const [, , kernelHeight, kernelWidth] = weightShape;
    const [top, bottom, left, right] = padding;
    const padded = tf.pad(input as Tensor4D, [
      [0, 0],
      [0, 0],
      [top, bottom],
      [left, right],
    ]);
    const gradients = splitChannels(gradOutput, groups);
    // With channels as the batch and the batch as channels, the gradient of the weight is itself a convolution, in which
    // stride and dilation have changed places.
    const perGroup = splitChannels(padded, groups).map((image, group) => {
      const kernel = dilate(tf.transpose(gradients[group], [1, 0, 2, 3]), stride);
      const correlation = correlate(tf.transpose(image, [1, 0, 2, 3]), kernel, dilation);
      const cut = tf.slice(correlation, [0, 0, 0, 0], [-1, -1, kernelHeight, kernelWidth]);
      return tf.transpose(cut, [1, 0, 2, 3]);
    });
    return [groups === 1 ? perGroup[0] : tf.concat(perGroup, 0)];
  },
});

/** ∂L/∂bias of {@link conv2d}, `[O]`: the gradient summed over all axes but the channels'. */
export const conv2dBackwardBias = defineOp<{ gradOutput: Tensor }, object>({
  name: 'flambeau::conv2d_backward_bias',
  outputs: 1,
  composed: ({ gradOutput }) => [tf.sum(gradOutput, [0, 2, 3])],
});

/** The output shape of a convolution. */
export function conv2dOutputShape(
  [batch, , height, width]: readonly number[],
  [channels, , kernelHeight, kernelWidth]: readonly number[],
  { stride, padding, dilation }: Omit<Conv2dAttributes, 'groups'>,
): [number, number, number, number] {
  const vertical = { stride: stride[0], padding: [padding[0], padding[1]], dilation: dilation[0] } as const;
  const horizontal = { stride: stride[1], padding: [padding[2], padding[3]], dilation: dilation[1] } as const;
  return [batch, channels, outputSize(height, kernelHeight, vertical), outputSize(width, kernelWidth, horizontal)];
}

/** Each group of channels with its own kernels. */
function correlateGroups(images: Tensor, kernels: Tensor, stride: Size2d, groups: number): Tensor {
  const perGroup = splitRows(kernels, groups);
  const outputs = splitChannels(images, groups).map((image, group) => correlate(image, perGroup[group], stride));
  return groups === 1 ? outputs[0] : tf.concat(outputs, 1);
}

/**
 * Groups of one channel each, all at once. A first layer over grey images is one of these too: TensorFlow.js's WebGPU
 * backend takes 20 times as long for it as a general convolution.
 */
function correlateDepthwise(images: Tensor, kernels: Tensor, stride: Size2d): Tensor {
  const channels = (images as Tensor4D).shape[1];
  const [, , height, width] = (kernels as Tensor4D).shape;
  const output = tf.depthwiseConv2d(
    tf.transpose(images, [0, 2, 3, 1]) as Tensor4D,
    tf.transpose(tf.reshape(kernels, [channels, -1, height, width]), [2, 3, 0, 1]) as Tensor4D,
    [...stride] as [number, number],
    'valid',
  );
  return tf.transpose(output, [0, 3, 1, 2]);
}

/** Plain cross-correlation of NCHW images with OIHW kernels, through the NHWC layout, which every backend has. */
function correlate(image: Tensor, kernel: Tensor, stride: Size2d): Tensor {
  const output = tf.conv2d(
    tf.transpose(image, [0, 2, 3, 1]) as Tensor4D,
    tf.transpose(kernel, [2, 3, 1, 0]) as Tensor4D,
    [...stride] as [number, number],
    'valid',
  );
  return tf.transpose(output, [0, 3, 1, 2]);
}

/**
 * Puts `dilation − 1` zeros between the elements of the last two axes: TensorFlow.js has no dilation beside a stride.
 * One axis at a time, since its WebGPU backend pads no more than four.
 */
function dilate(kernel: Tensor, [dh, dw]: Size2d): Tensor {
  if (dh === 1 && dw === 1) return kernel;
  const [outputs, inputs, height, width] = kernel.shape as number[];
  const rows = tf.pad(tf.reshape(kernel, [-1, 1, width]), [
    [0, 0],
    [0, dh - 1],
    [0, 0],
  ]);
  const elements = tf.pad(tf.reshape(rows, [-1, 1]), [
    [0, 0],
    [0, dw - 1],
  ]);
  const spread = tf.reshape(elements, [outputs, inputs, height * dh, width * dw]);
  return tf.slice(spread, [0, 0, 0, 0], [outputs, inputs, dh * (height - 1) + 1, dw * (width - 1) + 1]);
}

const splitChannels = (images: Tensor, groups: number): Tensor[] =>
  groups === 1 ? [images] : tf.split(images, groups, 1);
const splitRows = (kernels: Tensor, groups: number): Tensor[] =>
  groups === 1 ? [kernels] : tf.split(kernels, groups, 0);
