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
  const { height, width, ignoreNaN, rectified } = geometry;
  const { kernelSize, stride, padding, dilation, outputSize } = geometry.attributes;
  const pointer = backend.heap.argumentsPointer + OFFSET;
  const window = [...kernelSize, ...stride, padding[0], padding[2], ...dilation];
  backend.heap.i32.set([height, width, ...outputSize, ...window, ignoreNaN ? 1 : 0, rectified ? 1 : 0], pointer / 4);
  return pointer;
}

/** About what pooling so many planes takes, in nanoseconds. */
export function costOfPool({ attributes }: PoolGeometry, planes: number): number {
  const { outputSize, kernelSize } = attributes;
  return planes * outputSize[0] * outputSize[1] * kernelSize[0] * kernelSize[1] * COST.pool;
}
