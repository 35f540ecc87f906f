import type { SimdBackend } from '../backend/simdBackend.ts';
import { COST } from '../threads/cost.ts';
import type { MaxPool2dAttributes } from './contract.ts';

/** The numbers of one pooling. */
export interface PoolGeometry {
  height: number;
  width: number;
  attributes: MaxPool2dAttributes;
  /** NaN is passed over, as in TensorFlow.js; else it wins, as in PyTorch. */
  ignoreNaN: boolean;
  /** Each pixel counts as max(0, pixel). */
  rectified: boolean;
}

/** After a convolution's arguments. */
const OFFSET = 128;

/** Writes the fields of assembly/pool2d.ts, in its order. */
export function writePoolGeometry(backend: SimdBackend, geometry: PoolGeometry): number {
  const { kernelSize, stride, padding, dilation, outputSize } = geometry.attributes;
  const pointer = backend.heap.argumentsPointer + OFFSET;
  // Field by field: an array for `set` costs as much as a small pooling.
  const { i32 } = backend.heap;
  let at = pointer / 4;
  i32[at++] = geometry.height;
  i32[at++] = geometry.width;
  i32[at++] = outputSize[0];
  i32[at++] = outputSize[1];
  i32[at++] = kernelSize[0];
  i32[at++] = kernelSize[1];
  i32[at++] = stride[0];
  i32[at++] = stride[1];
  i32[at++] = padding[0];
  i32[at++] = padding[2];
  i32[at++] = dilation[0];
  i32[at++] = dilation[1];
  i32[at++] = geometry.ignoreNaN ? 1 : 0;
  i32[at] = geometry.rectified ? 1 : 0;
  return pointer;
}

/** About what pooling so many planes takes, in nanoseconds. */
export function costOfPool({ attributes }: PoolGeometry, planes: number): number {
  const { outputSize, kernelSize } = attributes;
  return planes * outputSize[0] * outputSize[1] * kernelSize[0] * kernelSize[1] * COST.pool;
}
