import { FLAMBEAU_KERNELS, type SimdBackend } from '@flambeau/backend-simd';
import { dispose, engine, type NamedAttrMap, type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { PreparedOp } from './protocol.ts';
import { digestOf, values } from './values.ts';

export type Kernel = keyof typeof FLAMBEAU_KERNELS;

/** A tensor of the numbers that everyone has. */
export function make(shape: readonly number[], stream: number): Tensor {
  return tensor(
    values(
      shape.reduce((size, length) => size * length, 1),
      stream,
    ),
    [...shape],
  );
}

export function runKernel(kernel: Kernel, inputs: NamedTensorMap, attributes: object): Tensor[] {
  const result = engine().runKernel<Tensor | Tensor[]>(FLAMBEAU_KERNELS[kernel], inputs, attributes as NamedAttrMap);
  return Array.isArray(result) ? result : [result];
}

/**
 * An op that is one call of `f`. What backend-simd has put off until someone reads it is computed within the call: it is
 * what the call is timed for.
 *
 * @param owned - what to free with it.
 * @param compared - what is held against the others' results: a kernel's first, or all.
 */
export function repeat(owned: readonly Tensor[], f: () => Tensor[], compared: 'first' | 'all' = 'first'): PreparedOp {
  const call = () => {
    const results = f();
    const backend = engine().backend as SimdBackend;
    for (const result of results) backend.compute(result);
    return results;
  };
  return {
    run: () => dispose(call()),
    async digest() {
      const results = call();
      const of = compared === 'all' ? results : results.slice(0, 1);
      const data = await Promise.all(of.map((result) => result.data()));
      dispose(results);
      return digestOf(data);
    },
    dispose: () => dispose([...owned]),
  };
}
