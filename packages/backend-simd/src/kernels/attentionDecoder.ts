import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { AttentionDecoderAttributes, AttentionDecoderInputs } from './attentionContract.ts';
import { attentionDecoderBackward } from './attentionDecoderBackward.ts';
import { copyRows, costOf, geometryOf } from './attentionDecoderGeometry.ts';
import { FLAMBEAU_KERNELS } from './contract.ts';
import { multiply } from './matMul.ts';
import { packWeight } from './packWeight.ts';

/** The maps of all embeddings are one product; what depends on the step before runs step by step in assembly/attentionDecoder.ts. */
const attentionDecoder = kernel<AttentionDecoderInputs, AttentionDecoderAttributes>(
  FLAMBEAU_KERNELS.attentionDecoder,
  ({ inputs, attrs, backend }) => {
    const { embedded, keys, values, lengths, h0, c0, queryWeight, scoreWeight, weightIh, weightHh } = inputs;
    const geometry = geometryOf(inputs, attrs);
    const { batch, steps, places, features, width, size, maps, group, embeddedAt, contextAt } = geometry;
    const made = (...shape: number[]) => backend.output(shape, 'float32');
    const outputs = made(batch, steps, size);
    const contexts = made(batch, steps, width);
    const weights = made(batch, steps, places);
    const cells = c0 && made(batch, steps, size);
    const gates = made(batch, steps, 4 * size);
    const queries = made(batch, steps, features);

    const ofInputs = made(batch * steps, maps);
    const embeddedWeight = made(maps, geometry.inputs);
    const panels = [
      packWeight(backend, queryWeight, [0, size], true),
      packWeight(backend, weightIh, [contextAt, width], true),
      packWeight(backend, weightHh, [0, size], true),
    ];
    const pointer = (tensor: TensorInfo | undefined) => (tensor ? backend.pointer(tensor) : 0);
    copyRows(
      ...([backend, [pointer(weightIh) + embeddedAt * 4, weightIh.shape[1]!]] as const),
      ...([[pointer(embeddedWeight), geometry.inputs], geometry.inputs, maps] as const),
    );
    if (inputs.biasIh) copyRows(backend, [pointer(inputs.biasIh), 0], [pointer(ofInputs), maps], maps, batch * steps);
    multiply(
      ...([backend, pointer(embedded), pointer(embeddedWeight), pointer(ofInputs)] as const),
      ...([[batch * steps, maps, geometry.inputs], false, true, inputs.biasIh !== undefined] as const),
    );

    const split = backend.split(batch, costOf(geometry));
    const bytes = backend.wasm.attentionDecoderScratchBytes(group, places, features, width, size, maps);
    const scratch = backend.heap.scratch(bytes * split.parts);
    const decoder = backend.heap.argumentsPointer;
    backend.heap.i32.set(
      [
        ...[group, steps, places, features, width, size, maps],
        ...[keys, values, lengths, h0, c0, scoreWeight, ...panels].map(pointer),
        ...[outputs, contexts, weights, cells, gates, queries, ofInputs, inputs.queryBias, inputs.biasHh].map(pointer),
      ],
      decoder / 4,
    );
    backend.run('attentionDecoder', split, [decoder, scratch, 0, batch], 2, [[1, bytes]]);
    for (const tensor of [ofInputs, embeddedWeight, ...panels]) backend.disposeIntermediateTensorInfo(tensor);
    return [outputs, contexts, weights, ...(cells ? [cells] : []), gates, queries];
  },
);

export const attentionDecoderKernels = [attentionDecoder, attentionDecoderBackward];
