import * as tf from '@tensorflow/tfjs-core';
import { valueAndGrad } from '../../src/autograd/valueAndGrad.ts';
import { type Backend, toHost } from '../../src/backend/backend.ts';
import { relativeError } from '../../src/conformance/run.ts';
import type { HostArray } from '../../src/tensor/hostArray.ts';
import type { GoldenCase } from './load.ts';

/** How far an array is from PyTorch's: max|Δ| / max|expected|, infinite where shapes or infinities differ. */
export interface Comparison {
  /** What was compared: `output`, `gradient of weight`. */
  readonly what: string;
  readonly error: number;
}

/** One recorded case of a family, and how to hold a backend to it. */
export interface GoldenTest {
  /** The rows of the parity table that it counts for: `Conv2d`. */
  readonly subjects: readonly string[];
  readonly name: string;
  compare(backend: Backend): Promise<Comparison[]>;
}

export const compareArrays = (actual: HostArray, expected: HostArray, what: string): Comparison => ({
  what,
  error: relativeError(actual, expected),
});

/** Numbers that are no tensors, such as learning rates. */
export function compareNumbers(actual: readonly number[], expected: readonly number[], what: string): Comparison {
  const array = (values: readonly number[]): HostArray => ({
    dtype: 'float64',
    shape: [values.length],
    data: Float64Array.from(values),
  });
  return compareArrays(array(actual), array(expected), what);
}

/** An option's name as PyTorch spells it in ours: `weight_decay` → `weightDecay`. */
export const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** PyTorch's keyword arguments as an options object; what they hold stays as it is. */
export const camelCased = (options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), value]));

/**
 * Runs `f` on a case's recorded inputs under its recorded gradient of the output, and compares the output and the
 * gradient of every tensor of which PyTorch's is recorded.
 *
 * @param leaves - the tensors to differentiate by, by their recorded names.
 */
export async function compareGradients(
  backend: Backend,
  golden: GoldenCase<unknown>,
  leaves: Readonly<Record<string, tf.Tensor>>,
  f: () => tf.Tensor,
): Promise<Comparison[]> {
  const gradOutput = backend.tensor(golden.tensor('grad_output'));
  const names = Object.keys(leaves).filter((name) => golden.tensors.has(`grad_${name}`));
  const comparisons: Comparison[] = [];
  const compare = async (tensor: tf.Tensor, name: string, what: string) =>
    comparisons.push(compareArrays(await toHost(tensor), golden.tensor(name), what));
  if (names.length === 0) {
    const output = backend.run(() => tf.tidy(f));
    await compare(output, 'output', 'output');
    tf.dispose([output, gradOutput]);
    return comparisons;
  }
  const { value, grads } = valueAndGrad(
    () => {
      const output = f();
      return { loss: tf.sum(tf.mul(output, gradOutput)), output };
    },
    names.map((name) => leaves[name]!),
  );
  await compare(value.output, 'output', 'output');
  for (const [i, name] of names.entries()) {
    const gradient = grads[i];
    if (gradient === null || gradient === undefined) comparisons.push({ what: `gradient of ${name}`, error: Infinity });
    else await compare(gradient, `grad_${name}`, `gradient of ${name}`);
  }
  tf.dispose([value.loss, value.output, gradOutput, ...grads.filter((gradient) => gradient !== null)]);
  return comparisons;
}
