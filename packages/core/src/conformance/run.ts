import { dispose, mul, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { valueAndGrad } from '../autograd/valueAndGrad.ts';
import { type Backend, toHost } from '../backend/backend.ts';
import type { HostArray } from '../tensor/hostArray.ts';
import type { ConformanceCase, ConformanceResult } from './case.ts';
import { normalValues } from './values.ts';

/**
 * Computes a case on both backends and compares outputs and gradients.
 *
 * @param reference - usually the `cpu` backend, on which every op runs as it is composed of TensorFlow.js's ops.
 */
export async function runCase(test: ConformanceCase, backend: Backend, reference: Backend): Promise<ConformanceResult> {
  const expected = await compute(test, reference);
  const actual = await compute(test, backend);
  const errors: Record<string, number> = {};
  for (const [what, array] of expected) errors[what] = relativeError(actual.get(what)!, array);
  const worst = Math.max(...Object.values(errors));
  return { op: test.op, title: test.title, errors, worst, passed: worst <= (test.tolerance ?? 1e-5) };
}

/** Runs every case, also after one has failed or thrown: what a backend can do, case by case. */
export async function runSuite(
  cases: readonly ConformanceCase[],
  backend: Backend,
  reference: Backend,
): Promise<ConformanceResult[]> {
  const results: ConformanceResult[] = [];
  for (const test of cases) {
    try {
      results.push(await runCase(test, backend, reference));
    } catch (error) {
      const { op, title } = test;
      const worst = Number.POSITIVE_INFINITY;
      results.push({ op, title, errors: {}, worst, passed: false, failure: String(error) });
    }
  }
  return results;
}

/** max|Δ| / max|expected|; infinite where shapes differ, or one is NaN or infinite and the other is not the same. */
export function relativeError(actual: HostArray, expected: HostArray): number {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.data.length; i++) {
    const [given, wanted] = [Number(actual.data[i]), Number(expected.data[i])];
    if (!Number.isFinite(wanted)) {
      if (!Object.is(given, wanted)) return Number.POSITIVE_INFINITY;
      continue;
    }
    // NaN fails every comparison, so it is asked for by name.
    if (!Number.isFinite(given)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, Math.abs(given - wanted));
    largest = Math.max(largest, Math.abs(wanted));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** The outputs and gradients of a case on one backend, by name. */
async function compute(test: ConformanceCase, backend: Backend): Promise<Map<string, HostArray>> {
  const inputs: Record<string, Tensor> = {};
  for (const [name, values] of Object.entries(test.inputs)) inputs[name] = backend.tensor(values);
  const results: [string, Tensor][] = backend.run(() => {
    const outputs = tidy(() => test.compute(inputs));
    const named = outputs.map((output, i): [string, Tensor] => [`output ${i}`, output]);
    return test.differentiable.length === 0 ? named : [...named, ...gradients(test, inputs, backend)];
  });
  const arrays = new Map<string, HostArray>();
  for (const [what, tensor] of results) arrays.set(what, await toHost(tensor));
  dispose(results.map(([, tensor]) => tensor));
  dispose(inputs);
  return arrays;
}

function gradients(test: ConformanceCase, inputs: Record<string, Tensor>, backend: Backend): [string, Tensor][] {
  const loss = () => {
    const [output] = test.compute(inputs);
    return sum(mul(output, backend.tensor(normalValues(99, output.shape))));
  };
  const { value, grads } = valueAndGrad(
    loss,
    test.differentiable.map((name) => inputs[name]),
  );
  value.dispose();
  return grads.map((gradient, i) => {
    if (gradient === null) throw new Error(`${test.op}: no gradient reaches ${test.differentiable[i]}`);
    return [`gradient of ${test.differentiable[i]}`, gradient];
  });
}
