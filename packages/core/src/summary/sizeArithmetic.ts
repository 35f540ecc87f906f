import type { AvgPool2dAttributes } from '../ops/avgPool2d.ts';
import type { Conv2dAttributes } from '../ops/conv2d.ts';
import type { ConvTranspose2dAttributes } from '../ops/convTranspose2d.ts';
import type { MaxPool2dAttributes } from '../ops/maxPool2d.ts';
import type { OpCall } from '../ops/op.ts';
import type { RecurrentAttributes } from '../ops/recurrence.ts';

/** One side's size, worked out: `⌊(28 − 5 + 2·0)/1⌋ + 1 = 24`; with dilation the kernel's reach stands for F. */
export function windowArithmetic(
  size: number,
  kernel: number,
  stride: number,
  padding: readonly [number, number],
  dilation: number,
  result: number,
): string {
  const reach = dilation === 1 ? `${kernel}` : `(${dilation}·(${kernel} − 1) + 1)`;
  const zeros = padding[0] === padding[1] ? `2·${padding[0]}` : `${padding[0]} + ${padding[1]}`;
  const span = size - (dilation * (kernel - 1) + 1) + padding[0] + padding[1];
  // A pool in ceil mode whose last window hangs over the edge.
  const [open, close] = Math.floor(span / stride) + 1 === result ? '⌊⌋' : '⌈⌉';
  return `${open}(${size} − ${reach} + ${zeros})/${stride}${close} + 1 = ${result}`;
}

/** One side of a transposed convolution: `(14 − 1)·2 − 2·0 + 1·(2 − 1) + 0 + 1 = 28`. */
function transposedArithmetic(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
  result: number,
): string {
  const outputPadding = result - ((size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1);
  return `(${size} − 1)·${stride} − 2·${padding} + ${dilation}·(${kernel} − 1) + ${outputPadding} + 1 = ${result}`;
}

/** How an op's output size comes about, with its numbers in the formula; empty where the size does not change. */
export function sizeArithmetic({ name, inputs, attributes, output }: OpCall): string {
  const axes = [0, 1] as const;
  const size = (axis: 0 | 1) => [inputs.input.shape[2 + axis]!, output.shape[2 + axis]!] as const;
  switch (name) {
    case 'flambeau::conv2d':
    case 'flambeau::max_pool2d':
    case 'flambeau::avg_pool2d': {
      const { stride, padding } = attributes as Conv2dAttributes | MaxPool2dAttributes | AvgPool2dAttributes;
      const { dilation = [1, 1] } = attributes as Partial<Conv2dAttributes>;
      const { kernelSize = inputs.weight?.shape.slice(2) } = attributes as { kernelSize?: readonly number[] };
      return bothSides(
        axes.map((axis) => {
          const around = [padding[2 * axis], padding[2 * axis + 1]] as const;
          const [from, to] = size(axis);
          return windowArithmetic(from, kernelSize![axis], stride[axis], around, dilation[axis], to);
        }),
      );
    }
    case 'flambeau::conv_transpose2d': {
      const { stride, padding, dilation } = attributes as ConvTranspose2dAttributes;
      return bothSides(
        axes.map((axis) => {
          const [from, to] = size(axis);
          const kernel = inputs.weight.shape[2 + axis]!;
          return transposedArithmetic(from, kernel, stride[axis], padding[2 * axis], dilation[axis], to);
        }),
      );
    }
    default:
      return '';
  }
}

/**
 * A recurrent layer's sizes, of its calls of an op for each layer and direction: how many steps each takes, and the output
 * features, `10 steps; 2·128 = 256`; empty for any other layer.
 */
export function recurrentArithmetic(calls: readonly OpCall[]): string {
  const own = calls.filter(({ name }) => ['flambeau::rnn', 'flambeau::gru', 'flambeau::lstm'].includes(name));
  if (own.length === 0) return '';
  const { output } = own[0]!;
  const [steps, , hidden] = output.shape as [number, number, number];
  const bothWays = own.some(({ attributes }) => (attributes as RecurrentAttributes).reverse);
  const features = bothWays ? `2·${hidden} = ${2 * hidden}` : `${hidden}`;
  return `${steps} ${steps === 1 ? 'step' : 'steps'}; ${features}`;
}

/** A square's one formula, or both. */
const bothSides = ([rows, columns]: string[]): string => (rows === columns ? rows : `${rows}; ${columns}`);

/** How a layer's parameters are counted: `6·1·5·5 + 6 = 156`. */
export function parameterArithmetic(shapes: readonly (readonly number[])[]): string {
  if (shapes.length === 0) return '';
  const total = shapes.reduce((sum, shape) => sum + shape.reduce((product, side) => product * side, 1), 0);
  return `${shapes.map((shape) => shape.join('·') || '1').join(' + ')} = ${total}`;
}
