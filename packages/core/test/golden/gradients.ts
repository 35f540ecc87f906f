import * as tf from '@tensorflow/tfjs-core';
import { valueAndGrad } from '../../src/autograd/valueAndGrad.ts';
import { type Backend, toHost } from '../../src/backend/backend.ts';
import { expectClose } from './closeTo.ts';
import type { GoldenCase } from './load.ts';

/**
 * Runs `f` on a case's recorded inputs, under its recorded gradient of the output, and holds the output and the gradient
 * of every floating-point input to PyTorch's.
 *
 * @param inputs names of the case's inputs; those that the case lacks are absent for `f` too.
 */
export async function expectGradients(
  backend: Backend,
  golden: GoldenCase<unknown>,
  inputs: readonly string[],
  f: (inputs: Readonly<Record<string, tf.Tensor>>) => tf.Tensor,
): Promise<void> {
  const tensors: Record<string, tf.Tensor> = {};
  for (const name of inputs) {
    const array = golden.tensors.get(name);
    if (array !== undefined) tensors[name] = backend.tensor(array);
  }
  const gradOutput = backend.tensor(golden.tensor('grad_output'));
  const differentiable = Object.keys(tensors).filter((name) => golden.tensors.has(`grad_${name}`));
  const { value, grads } = valueAndGrad(
    () => {
      const output = f(tensors);
      return { loss: tf.sum(tf.mul(output, gradOutput)), output };
    },
    differentiable.map((name) => tensors[name]!),
  );
  expectClose(await toHost(value.output), golden.tensor('output'), 'output');
  for (const [i, name] of differentiable.entries()) {
    const gradient = grads[i];
    if (gradient === null || gradient === undefined) throw new Error(`no gradient of ${name}`);
    expectClose(await toHost(gradient), golden.tensor(`grad_${name}`), `gradient of ${name}`);
  }
  tf.dispose([value, grads, tensors, gradOutput] as never);
}
