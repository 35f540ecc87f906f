import type { Conv2dAttributes } from '../ops/conv2d.ts';
import type { MaxPool2dAttributes } from '../ops/maxPool2d.ts';
import type { OpCall } from '../ops/op.ts';

/** One side's size, worked out: `⌊(28 − 5 + 2·0)/1⌋ + 1 = 24`; with dilation the kernel's reach stands for F. */
function windowArithmetic(
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

/** How an op's output size comes about, with its numbers in the formula; empty where the size does not change. */
export function sizeArithmetic({ name, inputs, attributes, output }: OpCall): string {
  if (name === 'flambeau::conv2d' || name === 'flambeau::max_pool2d') {
    const { stride, padding, dilation } = attributes as Conv2dAttributes | MaxPool2dAttributes;
    const kernel =
      name === 'flambeau::conv2d' ? inputs.weight.shape.slice(2) : (attributes as MaxPool2dAttributes).kernelSize;
    const [, , height, width] = inputs.input.shape;
    const [, , outHeight, outWidth] = output.shape;
    const rows = windowArithmetic(height, kernel[0], stride[0], [padding[0], padding[1]], dilation[0], outHeight);
    const columns = windowArithmetic(width, kernel[1], stride[1], [padding[2], padding[3]], dilation[1], outWidth);
    return rows === columns ? rows : `${rows}; ${columns}`;
  }
  return '';
}

/** How a layer's parameters are counted: `6·1·5·5 + 6 = 156`. */
export function parameterArithmetic(shapes: readonly (readonly number[])[]): string {
  if (shapes.length === 0) return '';
  const total = shapes.reduce((sum, shape) => sum + shape.reduce((product, side) => product * side, 1), 0);
  return `${shapes.map((shape) => shape.join('·') || '1').join(' + ')} = ${total}`;
}
