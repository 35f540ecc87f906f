import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import type { AttentionDecoderAttributes, AttentionDecoderBackwardInputs } from './attentionContract.ts';
import { copyRows, costOf, type DecoderGeometry, geometryOf } from './attentionDecoderGeometry.ts';
import { FLAMBEAU_KERNELS } from './contract.ts';
import { multiply } from './matMul.ts';
import { packWeight } from './packWeight.ts';
import { sumRows } from './sumRows.ts';

/**
 * The steps, last to first, leave the gradients of every map; those of weights and embeddings are products over all steps
 * at once, afterwards.
 */
export const attentionDecoderBackward = kernel<AttentionDecoderBackwardInputs, AttentionDecoderAttributes>(
  FLAMBEAU_KERNELS.attentionDecoderBackward,
  ({ inputs, attrs, backend }) => {
    const { embedded, keys, values, h0, c0, queryWeight, scoreWeight, weightIh, weightHh } = inputs;
    const geometry = geometryOf(inputs, attrs);
    const { batch, steps, features, maps } = geometry;
    const like = ({ shape }: TensorInfo) => backend.output(shape, 'float32');
    const gradients = {
      ...{ embedded: like(embedded), keys: like(keys), values: like(values), h0: like(h0), c0: c0 && like(c0) },
      ...{ queryWeight: like(queryWeight), queryBias: backend.output([features], 'float32') },
      ...{ scoreWeight: like(scoreWeight), weightIh: like(weightIh), weightHh: like(weightHh) },
      ...{ biasIh: backend.output([maps], 'float32'), biasHh: backend.output([maps], 'float32') },
    };
    const ofInputs = backend.output([batch * steps, maps], 'float32');
    // An LSTM adds its two maps up: they have one gradient.
    const ofHiddens = c0 ? ofInputs : backend.output([batch * steps, maps], 'float32');
    const ofQueries = backend.output([batch * steps, features], 'float32');
    const scoreWeights = backend.output([batch, features], 'float32');
    throughSteps(backend, geometry, inputs, { ...gradients, ofInputs, ofHiddens, ofQueries, scoreWeights });

    sumRows(backend, scoreWeights, gradients.scoreWeight);
    sumRows(backend, ofQueries, gradients.queryBias);
    sumRows(backend, ofInputs, gradients.biasIh);
    sumRows(backend, ofHiddens, gradients.biasHh);
    ofReading(backend, geometry, inputs, ofInputs, gradients.weightIh, gradients.embedded);
    const before = statesBefore(backend, geometry, inputs);
    productOfRows(backend, ofHiddens, before, gradients.weightHh);
    productOfRows(backend, ofQueries, before, gradients.queryWeight);

    const intermediate = [ofInputs, ofQueries, scoreWeights, before, ...(c0 ? [] : [ofHiddens])];
    for (const tensor of intermediate) backend.disposeIntermediateTensorInfo(tensor);
    const { queryBias, biasIh, biasHh } = gradients;
    return [
      ...[gradients.embedded, gradients.keys, gradients.values, gradients.h0, gradients.queryWeight, queryBias],
      ...[gradients.scoreWeight, gradients.weightIh, gradients.weightHh, biasIh, biasHh],
      ...(gradients.c0 ? [gradients.c0] : []),
    ];
  },
);

/** Where the steps' gradients go. */
interface StepGradients {
  keys: TensorInfo;
  values: TensorInfo;
  h0: TensorInfo;
  c0: TensorInfo | undefined;
  ofInputs: TensorInfo;
  ofHiddens: TensorInfo;
  ofQueries: TensorInfo;
  /** A row for each sequence, so that their sum is the same for any number of threads. */
  scoreWeights: TensorInfo;
}

function throughSteps(
  backend: SimdBackend,
  geometry: DecoderGeometry,
  inputs: AttentionDecoderBackwardInputs,
  to: StepGradients,
): void {
  const { batch, steps, places, features, width, size, maps, group, contextAt } = geometry;
  const { keys, values, lengths, h0, c0, scoreWeight, outputs, contexts, weights, cells, gates, queries } = inputs;
  const panels = [
    packWeight(backend, inputs.queryWeight, [0, size], false),
    packWeight(backend, inputs.weightIh, [contextAt, width], false),
    packWeight(backend, inputs.weightHh, [0, size], false),
  ];
  const split = backend.split(batch, 2 * costOf(geometry));
  const bytes = backend.wasm.attentionDecoderBackwardScratchBytes(group, places, features, width, maps);
  const scratch = backend.heap.scratch(bytes * split.parts);
  const pointer = (tensor: TensorInfo | undefined) => (tensor ? backend.pointer(tensor) : 0);
  const decoder = [
    ...[group, steps, places, features, width, size, maps],
    ...[keys, values, lengths, h0, c0, scoreWeight, ...panels].map(pointer),
    ...[outputs, contexts, weights, cells, gates, queries, to.ofInputs].map(pointer),
    // What only the forward pass reads: two biases.
    ...[0, 0],
  ];
  const { gradOutputs, gradContexts, gradWeights, gradCells } = inputs;
  const gradients = [
    ...[gradOutputs, gradContexts, gradWeights, gradCells, to.ofHiddens, to.ofQueries].map(pointer),
    ...[to.keys, to.values, to.scoreWeights, to.h0, to.c0].map(pointer),
  ];
  const at = backend.heap.argumentsPointer;
  backend.heap.i32.set([...decoder, ...gradients], at / 4);
  backend.run('attentionDecoderBackward', split, [at, at + decoder.length * 4, scratch, 0, batch], 3, [[2, bytes]]);
  for (const tensor of panels) backend.disposeIntermediateTensorInfo(tensor);
}

/** The gradients of what the cell reads, [embedded, context], by its weight and by the embeddings. */
function ofReading(
  backend: SimdBackend,
  { batch, steps, width, inputs: embeddedWidth, maps, embeddedAt, contextAt }: DecoderGeometry,
  { embedded, contexts, weightIh }: AttentionDecoderBackwardInputs,
  ofInputs: TensorInfo,
  gradWeight: TensorInfo,
  gradEmbedded: TensorInfo,
): void {
  const [rows, columns] = [batch * steps, embeddedWidth + width];
  const read = backend.output([rows, columns], 'float32');
  const embeddedWeight = backend.output([maps, embeddedWidth], 'float32');
  const to = backend.pointer(read);
  for (const [tensor, at, wide] of [
    [embedded, embeddedAt, embeddedWidth],
    [contexts, contextAt, width],
  ] as const) {
    copyRows(backend, [backend.pointer(tensor), wide], [to + at * 4, columns], wide, rows);
  }
  productOfRows(backend, ofInputs, read, gradWeight);
  const [from, dense] = [backend.pointer(weightIh) + embeddedAt * 4, backend.pointer(embeddedWeight)];
  copyRows(backend, [from, columns], [dense, embeddedWidth], embeddedWidth, maps);
  const [a, c] = [backend.pointer(ofInputs), backend.pointer(gradEmbedded)];
  multiply(backend, a, dense, c, [rows, embeddedWidth, maps], false, false);
  backend.disposeIntermediateTensorInfo(read);
  backend.disposeIntermediateTensorInfo(embeddedWeight);
}

/** The state that each step began with, [N · T, H]. */
function statesBefore(
  backend: SimdBackend,
  { batch, steps, size }: DecoderGeometry,
  { h0, outputs }: AttentionDecoderBackwardInputs,
): TensorInfo {
  const before = backend.output([batch * steps, size], 'float32');
  const [first, after, to] = [backend.pointer(h0), backend.pointer(outputs), backend.pointer(before)];
  const sequence = steps * size;
  copyRows(backend, [first, size], [to, sequence], size, batch);
  copyRows(backend, [after, sequence], [to + size * 4, sequence], sequence - size, batch);
  return before;
}

/** c = aᵀ·b over all rows. */
function productOfRows(backend: SimdBackend, a: TensorInfo, b: TensorInfo, c: TensorInfo): void {
  const [rows, left] = a.shape as [number, number];
  const [, right] = b.shape as [number, number];
  const pointers = [backend.pointer(a), backend.pointer(b), backend.pointer(c)] as const;
  multiply(backend, ...pointers, [left, right, rows], true, false);
}
