import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend/simdBackend.ts';
import type { Split } from '../threads/split.ts';
import type { KernelExports } from '../wasm/kernels.generated.ts';
import { BINARY } from './binary.ts';
import type {
  Conv2dBackwardInputAttributes,
  Conv2dBackwardInputInputs,
  Conv2dBackwardWeightAttributes,
  Conv2dBackwardWeightInputs,
} from './contract.ts';
import { convolve } from './conv2dForward.ts';
import { aligned, costOf, type Geometry, geometryOf, gradientGeometry, writeGeometry } from './conv2dGeometry.ts';
import { textsOf, WinnersGradient } from './deferred.ts';
import type { DeferredEmbedding } from './deferredEmbedding.ts';
import { filterGradients, filtersOf } from './filters.ts';
import { withRoom } from './words.ts';

/** The gradient of the input, shaped `attrs.inputShape`. */
export function conv2dBackwardInput(
  backend: SimdBackend,
  { gradOutput, weight }: Conv2dBackwardInputInputs,
  attrs: Conv2dBackwardInputAttributes,
): TensorInfo {
  const geometry = geometryOf(attrs.inputShape, weight.shape, attrs);
  const winners = winnersOf(backend, gradOutput, geometry);
  const weights = backend.pointer(weight);
  if (winners !== undefined) return winnersBackwardInput(backend, winners, geometry, weights);
  const from = backend.pointer(gradOutput);
  const out = backend.output([...attrs.inputShape], 'float32');
  const to = backend.pointer(out);
  if (attrs.stride[0] === 1 && attrs.stride[1] === 1) {
    const pointers = { input: from, weight: weights, bias: 0 };
    convolve(backend, gradientGeometry(geometry), pointers, to, { flipped: true });
    return out;
  }
  const arguments_ = writeGeometry(backend, geometry);
  const split = backend.split(attrs.inputShape[0]!, costOf(geometry));
  const bytes = aligned(backend.wasm.conv2dBackwardInputScratchBytes(arguments_));
  const scratch = backend.heap.scratch(bytes * split.parts);
  const args = [arguments_, from, weights, to, 0, split.count, scratch] as const;
  backend.run('conv2dBackwardInput', split, [...args], 4, [[6, bytes]]);
  return out;
}

/** The gradient of the weight, shaped `attrs.weightShape`. */
export function conv2dBackwardWeight(
  backend: SimdBackend,
  { gradOutput, input }: Conv2dBackwardWeightInputs,
  attrs: Conv2dBackwardWeightAttributes,
): TensorInfo {
  const geometry = geometryOf(input.shape, attrs.weightShape, attrs);
  const winners = winnersOf(backend, gradOutput, geometry);
  const texts = textsOf(backend.storage(input), geometry);
  if (texts !== undefined && winners?.windows === 1) return winnersOfTexts(backend, winners, geometry, texts);
  const from = backend.pointer(input);
  if (winners !== undefined) return winnersBackwardWeight(backend, winners, geometry, from);
  const grad = backend.pointer(gradOutput);
  const out = backend.output([...attrs.weightShape], 'float32');
  const arguments_ = writeGeometry(backend, geometry);
  const split = backend.split(input.shape[0]!, costOf(geometry));
  const bytes = backend.wasm.conv2dBackwardWeightScratchBytes(arguments_);
  const head = [arguments_, grad, from] as const;
  sumOverParts(backend, out, split, bytes, (sums, scratch) => [
    'conv2dBackwardWeight',
    [...head, sums, 0, split.count, scratch],
  ]);
  return out;
}

/** The gradient that only a pooling's winners carry, where visiting them alone takes less than visiting all pixels. */
function winnersOf(backend: SimdBackend, gradOutput: TensorInfo, geometry: Geometry): WinnersGradient | undefined {
  const { deferred } = backend.storage(gradOutput);
  const { attributes, weight, outHeight, outWidth } = geometry;
  if (!(deferred instanceof WinnersGradient) || attributes.dilation[1] !== 1) return undefined;
  // A reshape may stand between the pooling and the convolution.
  if (deferred.planes !== geometry.input[0] * weight[0] || deferred.size !== outHeight * outWidth) return undefined;
  const run = weight[1] * weight[3];
  const visited = deferred.windows * Math.ceil(run / 4) * 4;
  return 1.5 * visited <= outHeight * outWidth * run ? deferred : undefined;
}

/** About what a visit to all winners takes, in nanoseconds. */
function winnersCost(winners: WinnersGradient, geometry: Geometry): number {
  const { outHeight, outWidth } = geometry;
  return (1.5 * costOf(geometry) * winners.windows) / (outHeight * outWidth);
}

function winnersBackwardInput(
  backend: SimdBackend,
  winners: WinnersGradient,
  geometry: Geometry,
  weight: number,
): TensorInfo {
  const [grad, indices] = [winners.gradOutput.pointer, winners.indices.pointer];
  const out = backend.output([...geometry.input], 'float32');
  const arguments_ = writeGeometry(backend, geometry);
  const split = backend.split(geometry.input[0], winnersCost(winners, geometry));
  const bytes = aligned(backend.wasm.conv2dWinnersScratchBytes(arguments_, winners.windows));
  const scratch = backend.heap.scratch(bytes * split.parts);
  const head = [arguments_, grad, indices, winners.windows, weight, backend.pointer(out)] as const;
  backend.run('conv2dWinnersBackwardInput', split, [...head, 0, split.count, scratch], 6, [[8, bytes]]);
  return out;
}

function winnersBackwardWeight(
  backend: SimdBackend,
  winners: WinnersGradient,
  geometry: Geometry,
  input: number,
): TensorInfo {
  const [grad, indices] = [winners.gradOutput.pointer, winners.indices.pointer];
  const out = backend.output([...geometry.weight], 'float32');
  const arguments_ = writeGeometry(backend, geometry);
  const split = backend.split(geometry.input[0], winnersCost(winners, geometry));
  const bytes = backend.wasm.conv2dWinnersScratchBytes(arguments_, winners.windows);
  const head = [arguments_, grad, indices, winners.windows, input] as const;
  sumOverParts(backend, out, split, bytes, (sums, scratch) => [
    'conv2dWinnersBackwardWeight',
    [...head, sums, 0, split.count, scratch],
  ]);
  return out;
}

/** The gradient of filters over time of which each has won once in each text. */
function winnersOfTexts(
  backend: SimdBackend,
  winners: WinnersGradient,
  { input: [batch, , length, width], weight: shape }: Geometry,
  { ids, table }: DeferredEmbedding,
): TensorInfo {
  const out = backend.output([...shape], 'float32');
  const pointers = {
    gradOutput: winners.gradOutput.pointer,
    indices: winners.indices.pointer,
    ids: ids.pointer,
    table: table.pointer,
  };
  withRoom(backend, shape[0], (bias) => {
    const filters = filtersOf([shape]).map((some) => ({ ...some, weight: backend.pointer(out), bias }));
    filterGradients(backend, filters, pointers, [batch, length], width);
  });
  return out;
}

type WeightKernel = 'conv2dBackwardWeight' | 'conv2dWinnersBackwardWeight';

/**
 * Runs a kernel that sums up images: each part in a place of its own; then the parts' sums are added, in their order.
 *
 * @param call the kernel and its arguments, given where the sums and the scratch memory are. They end with the sums, the range and the scratch memory.
 */
function sumOverParts<Name extends WeightKernel>(
  backend: SimdBackend,
  out: TensorInfo,
  split: Split,
  scratchBytes: number,
  call: (sums: number, scratch: number) => [Name, Parameters<KernelExports[Name]>],
): void {
  const to = backend.pointer(out);
  const bytes = aligned(scratchBytes);
  if (split.parts === 1) {
    const [name, args] = call(to, backend.heap.scratch(bytes));
    backend.run(name, split, args);
    return;
  }
  const size = util.sizeFromShape(out.shape);
  const sumBytes = aligned(size * 4);
  const sums = backend.heap.scratch((sumBytes + bytes) * split.parts);
  const [name, args] = call(sums, sums + sumBytes * split.parts);
  const last = args.length - 1;
  backend.run(name, split, args, last - 2, [
    [last - 3, sumBytes],
    [last, bytes],
  ]);
  for (let part = 1; part < split.parts; part++) {
    const left = part === 1 ? sums : to;
    backend.wasm.binaryRow(BINARY.Add, true, true, left, sums + part * sumBytes, to, 0, size);
  }
}
