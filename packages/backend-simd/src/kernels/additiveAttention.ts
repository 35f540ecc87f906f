import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { COST } from '../threads/cost.ts';
import type { AdditiveAttentionBackwardInputs, AdditiveAttentionInputs } from './attentionContract.ts';
import { FLAMBEAU_KERNELS } from './contract.ts';
import { sumRows } from './sumRows.ts';

/** Runs one of the two over all sequences. `pointers`: the fields of assembly/additiveAttention.ts, in its order. */
function overSequences(
  backend: SimdBackend,
  name: 'additiveAttention' | 'additiveAttentionBackward',
  query: TensorInfo,
  values: TensorInfo,
  pointers: (sizes: readonly number[]) => readonly number[],
): void {
  const [batch, steps, features] = query.shape as [number, number, number];
  const [, places, width] = values.shape as [number, number, number];
  const cost = batch * steps * places * (features * COST.attention + width * COST.product) * 2;
  const split = backend.split(batch, cost);
  const bytes = backend.wasm.additiveAttentionScratchBytes(places, features);
  const scratch = backend.heap.scratch(bytes * split.parts);
  const at = backend.heap.argumentsPointer;
  backend.heap.i32.set(pointers([steps, places, features, width]), at / 4);
  backend.run(name, split, [at, scratch, 0, batch], 2, [[1, bytes]]);
}

export const additiveAttentionKernels = [
  kernel<AdditiveAttentionInputs>(FLAMBEAU_KERNELS.additiveAttention, ({ inputs, backend }) => {
    const { query, keys, values, scoreWeight, lengths } = inputs;
    const [batch, steps] = query.shape as [number, number];
    const [, places, width] = values.shape as [number, number, number];
    const context = backend.output([batch, steps, width], 'float32');
    const weights = backend.output([batch, steps, places], 'float32');
    const pointer = (tensor: TensorInfo) => backend.pointer(tensor);
    overSequences(backend, 'additiveAttention', query, values, (sizes) => [
      ...[query, keys, values, scoreWeight].map(pointer),
      lengths ? pointer(lengths) : 0,
      ...[context, weights].map(pointer),
      ...sizes,
    ]);
    return [context, weights];
  }),

  kernel<AdditiveAttentionBackwardInputs>(FLAMBEAU_KERNELS.additiveAttentionBackward, ({ inputs, backend }) => {
    const { gradContext, gradWeights, query, keys, values, scoreWeight, weights, lengths } = inputs;
    const [batch, , features] = query.shape as [number, number, number];
    const [gradQuery, gradKeys, gradValues] = [query, keys, values].map(({ shape }) =>
      backend.output(shape, 'float32'),
    ) as [TensorInfo, TensorInfo, TensorInfo];
    const gradScoreWeight = backend.output([features], 'float32');
    // Each sequence's own share first, so that the sum is the same for any number of threads.
    const shares = backend.output([batch, features], 'float32');
    const pointer = (tensor: TensorInfo) => backend.pointer(tensor);
    overSequences(backend, 'additiveAttentionBackward', query, values, (sizes) => [
      ...[query, keys, values, scoreWeight].map(pointer),
      lengths ? pointer(lengths) : 0,
      ...[gradContext, weights].map(pointer),
      ...sizes,
      ...[gradContext, gradWeights, gradQuery, gradKeys, gradValues, shares].map(pointer),
    ]);
    sumRows(backend, shares, gradScoreWeight);
    backend.disposeIntermediateTensorInfo(shares);
    return [gradQuery, gradKeys, gradValues, gradScoreWeight];
  }),
];
