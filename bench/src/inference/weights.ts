import { values } from '../ops/values.ts';

/** A parameter of the notes' CNN: PyTorch's name, shape and numbers. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Output, then what each output adds up. */
const layers: readonly (readonly [name: string, shape: readonly number[]])[] = [
  ['conv1', [6, 1, 5, 5]],
  ['conv2', [12, 6, 5, 5]],
  ['fc1', [120, 192]],
  ['fc2', [60, 120]],
  ['out', [10, 60]],
];

/**
 * The weights that everyone predicts with, from the formula that everyone has, spread as PyTorch's initialisation spreads them: over
 * ±1/√(inputs of a neuron). `pytorch/ops.py` makes the same.
 */
export function notesCnnWeights(): Parameter[] {
  return layers.flatMap(([layer, shape], index) => {
    const inputs = shape.slice(1).reduce((size, length) => size * length, 1);
    const make = (name: string, shape: readonly number[], stream: number): Parameter => {
      const size = shape.reduce((size, length) => size * length, 1);
      return { name: `${layer}.${name}`, shape, data: values(size, stream).map((x) => (2 * x) / Math.sqrt(inputs)) };
    };
    return [make('weight', shape, 10 + 2 * index), make('bias', shape.slice(0, 1), 11 + 2 * index)];
  });
}
