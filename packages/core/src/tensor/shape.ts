import type { Tensor } from '@tensorflow/tfjs-core';

/** A tensor's shape does not fit; the message says what was given, what was expected, and which layer. */
export class ShapeError extends RangeError {
  override readonly name = 'ShapeError';
}

/** `[100, 1, 28, 28]`, as messages print shapes. */
export const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** Who speaks in an error message: a layer gives its path ("conv2") or its class, a function its name. */
export interface Labelled {
  readonly label?: string;
}

/** Throws a {@link ShapeError} unless `tensor` has one of the ranks. */
export function expectRank(label: string, tensor: Tensor, ranks: readonly number[], layout: string): void {
  if (!ranks.includes(tensor.rank)) {
    throw new ShapeError(`${label}: expected an input of shape ${layout}, got ${formatShape(tensor.shape)}`);
  }
}

/** Throws a {@link ShapeError} unless `tensor` has exactly this shape. */
export function expectShape(label: string, what: string, tensor: Tensor, shape: readonly number[]): void {
  if (tensor.rank !== shape.length || tensor.shape.some((side, axis) => side !== shape[axis])) {
    throw new ShapeError(`${label}: expected ${what} of shape ${formatShape(shape)}, got ${formatShape(tensor.shape)}`);
  }
}

/** `[2, 2]` of `2`, and a pair as it is: how PyTorch takes kernel sizes, strides and dilations. */
export function pair(
  label: string,
  name: string,
  value: number | readonly [number, number],
  least: number,
): [number, number] {
  const both: [number, number] = typeof value === 'number' ? [value, value] : [value[0], value[1]];
  if (!both.every((side) => Number.isInteger(side) && side >= least)) {
    throw new RangeError(`${label}: expected ${name} to be whole and at least ${least}, got ${JSON.stringify(value)}`);
  }
  return both;
}
