import type { SimdBackend } from '../backend/simdBackend.ts';
import { aligned, costOf, type Geometry, writeGeometry } from './conv2dGeometry.ts';
import { costOfPool, type PoolGeometry, writePoolGeometry } from './poolGeometry.ts';

/** Where a convolution's numbers are. */
export interface Conv2dPointers {
  input: number;
  weight: number;
  /** 0 for none. */
  bias: number;
}

/**
 * Convolves into the memory at `to`.
 *
 * @param flipped `weight` is that of the forward convolution and this one is its gradient's
 * @param rectified max(0, output) instead of the output
 */
export function convolve(
  backend: SimdBackend,
  geometry: Geometry,
  { input, weight, bias }: Conv2dPointers,
  to: number,
  { flipped = false, rectified = false } = {},
): void {
  const arguments_ = writeGeometry(backend, geometry);
  const split = backend.split(geometry.input[0], costOf(geometry));
  const bytes = aligned(backend.wasm.conv2dScratchBytes(arguments_));
  const scratch = backend.heap.scratch(bytes * split.parts);
  const args = [arguments_, input, weight, bias, to, flipped, rectified, 0, split.count, scratch] as const;
  backend.run('conv2d', split, [...args], 7, [[9, bytes]]);
}

/** Convolves and pools at once, into the memory at `to` and the winners' at `indices`. */
export function convolveAndPool(
  backend: SimdBackend,
  geometry: Geometry,
  pooling: PoolGeometry,
  { input, weight, bias }: Conv2dPointers,
  to: number,
  indices: number,
): void {
  const arguments_ = writeGeometry(backend, geometry);
  const poolArguments = writePoolGeometry(backend, pooling);
  const planes = geometry.input[0] * geometry.weight[0];
  const split = backend.split(geometry.input[0], costOf(geometry) + costOfPool(pooling, planes));
  const bytes = aligned(backend.wasm.conv2dMaxPoolScratchBytes(arguments_));
  const scratch = backend.heap.scratch(bytes * split.parts);
  const args = [arguments_, poolArguments, input, weight, bias, to, indices, 0, split.count, scratch] as const;
  backend.run('conv2dMaxPool', split, [...args], 7, [[9, bytes]]);
}
