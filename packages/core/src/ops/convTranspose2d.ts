import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import {
  type Conv2dAttributes,
  conv2d,
  conv2dBackwardBias,
  conv2dBackwardInput,
  conv2dBackwardWeight,
} from './conv2d.ts';
import type { Size2d } from './geometry.ts';
import { defineOp } from './op.ts';

/** Attributes of {@link convTranspose2d}: those of the convolution that it turns round, and the size of its output. */
export interface ConvTranspose2dAttributes extends Conv2dAttributes {
  readonly outputSize: Size2d;
}

/**
 * Transposed 2-D convolution, NCHW: input `[N, C, H, W]`, weight `[C, O/groups, kh, kw]`, bias `[O]` →
 * `[N, O, Ho, Wo]`. It is ∂/∂input of the convolution with the same weight, and the convolution is its gradient.
 */
export const convTranspose2d = defineOp<{ input: Tensor; weight: Tensor; bias?: Tensor }, ConvTranspose2dAttributes>({
  name: 'flambeau::conv_transpose2d',
  outputs: 1,
  composed({ input, weight, bias }, attributes) {
    const [height, width] = reached(input, weight, attributes);
    const channels = weight.shape[1]! * attributes.groups;
    const inputShape = [input.shape[0], channels, height, width];
    const [spread] = conv2dBackwardInput({ gradOutput: input, weight }, { ...geometryOf(attributes), inputShape });
    const [rows, columns] = [attributes.outputSize[0] - height, attributes.outputSize[1] - width];
    const whole = rows + columns === 0 ? spread : tf.pad(spread as Tensor4D, ends(rows, columns));
    return [bias === undefined ? whole : tf.add(whole, tf.reshape(bias, [1, -1, 1, 1]))];
  },
  saved: ({ input, weight }) => [input, weight],
  gradient(gradOutput, [input, weight], attributes) {
    const geometry = geometryOf(attributes);
    const [height, width] = reached(input, weight, attributes);
    const inner = () => {
      const [batch, channels] = gradOutput.shape as number[];
      const whole = height === attributes.outputSize[0] && width === attributes.outputSize[1];
      return whole ? gradOutput : tf.slice(gradOutput, [0, 0, 0, 0], [batch, channels, height, width]);
    };
    return {
      input: () => conv2d({ input: inner(), weight }, geometry)[0],
      weight: () =>
        conv2dBackwardWeight({ gradOutput: input, input: inner() }, { ...geometry, weightShape: weight.shape })[0],
      bias: () => conv2dBackwardBias({ gradOutput }, {})[0],
    };
  },
});

const geometryOf = ({ stride, padding, dilation, groups }: Conv2dAttributes): Conv2dAttributes => ({
  stride,
  padding,
  dilation,
  groups,
});

/**
 * The part of the output that the convolution turned round comes from: all of it, but for rows and columns at the end
 * that would have made room for one more window. Only the bias is added there.
 */
function reached(input: Tensor, weight: Tensor, attributes: ConvTranspose2dAttributes): Size2d {
  const { stride, padding, dilation, outputSize } = attributes;
  const most = (axis: 0 | 1) => {
    const window = dilation[axis] * (weight.shape[2 + axis]! - 1) + 1;
    const exact = (input.shape[2 + axis]! - 1) * stride[axis] + window;
    return Math.min(outputSize[axis], exact + stride[axis] - 1 - padding[2 * axis] - padding[2 * axis + 1]);
  };
  return [most(0), most(1)];
}

const ends = (rows: number, columns: number): [number, number][] => [
  [0, 0],
  [0, 0],
  [0, rows],
  [0, columns],
];
