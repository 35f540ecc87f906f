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
    const { geometry, reached } = geometryOf(input, weight, attributes);
    const [height, width] = reached;
    const channels = weight.shape[1]! * attributes.groups;
    const inputShape = [input.shape[0], channels, height, width];
    const [spread] = conv2dBackwardInput({ gradOutput: input, weight }, { ...geometry, inputShape });
    const [rows, columns] = [attributes.outputSize[0] - height, attributes.outputSize[1] - width];
    const whole = rows + columns === 0 ? spread : tf.pad(spread as Tensor4D, ends(rows, columns));
    return [bias === undefined ? whole : tf.add(whole, tf.reshape(bias, [1, -1, 1, 1]))];
  },
  saved: ({ input, weight }) => [input, weight],
  gradient(gradOutput, [input, weight], attributes) {
    const { geometry, reached } = geometryOf(input, weight, attributes);
    const [height, width] = reached;
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

/**
 * The convolution turned round, whose windows reach just as far as the kernels laid down: `outputPadding` gives back some
 * of the padding at the end, and where that is not enough, rows and columns that only the bias is added to.
 */
function geometryOf(input: Tensor, weight: Tensor, attributes: ConvTranspose2dAttributes) {
  const { stride, padding, dilation, groups, outputSize } = attributes;
  const side = (axis: 0 | 1) => {
    const window = dilation[axis] * (weight.shape[2 + axis]! - 1) + 1;
    const laidDown = (input.shape[2 + axis]! - 1) * stride[axis] + window;
    const before = padding[2 * axis];
    const reached = Math.min(outputSize[axis], laidDown - before);
    return { reached, before, after: laidDown - before - reached };
  };
  const [rows, columns] = [side(0), side(1)];
  const around = [rows.before, rows.after, columns.before, columns.after] as const;
  return { geometry: { stride, padding: around, dilation, groups }, reached: [rows.reached, columns.reached] as const };
}

const ends = (rows: number, columns: number): [number, number][] => [
  [0, 0],
  [0, 0],
  [0, rows],
  [0, columns],
];
