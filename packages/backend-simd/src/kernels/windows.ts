import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import type { Split } from '../threads/split.ts';
import {
  type AdaptivePool2dAttributes,
  type AvgPool2dAttributes,
  type AvgPool2dInputs,
  FLAMBEAU_KERNELS,
  type PoolBackwardInputs,
} from './contract.ts';
import { aligned } from './conv2dGeometry.ts';

/** One side of a window: where it begins and ends within the image, and how many elements count in a mean. */
type Extent = readonly [begin: number, end: number, counted: number];

/** The windows of a pooling of `planes` planes: rows of windows, and columns. */
interface Windows {
  inputShape: readonly number[];
  rows: Extent[];
  columns: Extent[];
  /** What sums are divided by instead of what counts, or 0. */
  divisor: number;
}

function averageWindows(attributes: AvgPool2dAttributes): Windows {
  const { kernelSize, stride, padding, outputSize, inputShape, countIncludePad, divisorOverride } = attributes;
  const side = (axis: 0 | 1) =>
    Array.from({ length: outputSize[axis] }, (_, i): Extent => {
      const [size, before, after] = [inputShape[2 + axis]!, padding[2 * axis]!, padding[2 * axis + 1]!];
      const start = i * stride[axis] - before;
      const stop = Math.min(start + kernelSize[axis], size + after);
      const [begin, end] = [Math.max(start, 0), Math.min(stop, size)];
      return [begin, end, countIncludePad ? stop - start : end - begin];
    });
  return { inputShape, rows: side(0), columns: side(1), divisor: divisorOverride };
}

function adaptiveWindows({ outputSize, inputShape }: AdaptivePool2dAttributes): Windows {
  const side = (axis: 0 | 1) =>
    Array.from({ length: outputSize[axis] }, (_, i): Extent => {
      const [size, many] = [inputShape[2 + axis]!, outputSize[axis]];
      const [begin, end] = [Math.floor((i * size) / many), Math.ceil(((i + 1) * size) / many)];
      return [begin, end, end - begin];
    });
  return { inputShape, rows: side(0), columns: side(1), divisor: 0 };
}

/** How the planes are cut, where the windows stand written as assembly/windows.ts reads them, and each part's row of floats. */
function plan(backend: SimdBackend, windows: Windows) {
  const { inputShape, rows, columns, divisor } = windows;
  const [batch, channels, height, width] = inputShape as [number, number, number, number];
  const planes = batch * channels;
  const elements = (side: Extent[]) => side.reduce((sum, [begin, end]) => sum + end - begin, 0);
  const work = planes * elements(rows) * (width / 4 + elements(columns));
  const inLine = Math.ceil(CACHE_LINE / Math.max(1, Math.min(height * width, rows.length * columns.length)));
  const split: Split = backend.split(planes, work * COST.pool, inLine);
  const numbers = 5 + 3 * (rows.length + columns.length);
  const [tableBytes, rowBytes] = [aligned(numbers * 4), aligned(width * 4)];
  const table = backend.heap.scratch(tableBytes + rowBytes * split.parts);
  backend.heap.i32.set([height, width, rows.length, columns.length], table / 4);
  backend.heap.f32[table / 4 + 4] = divisor;
  backend.heap.i32.set([...rows, ...columns].flat(), table / 4 + 5);
  return { planes, split, table, row: table + tableBytes, rowBytes };
}

const outputShape = ({ inputShape, rows, columns }: Windows) => [
  inputShape[0]!,
  inputShape[1]!,
  rows.length,
  columns.length,
];

function average(backend: SimdBackend, input: TensorInfo, windows: Windows): TensorInfo {
  const out = backend.output(outputShape(windows), 'float32');
  const { planes, split, table, row, rowBytes } = plan(backend, windows);
  const args = [table, backend.pointer(input), backend.pointer(out), 0, planes, row] as const;
  backend.run('averageWindows', split, [...args], 3, [[5, rowBytes]]);
  return out;
}

function averageBackward(backend: SimdBackend, gradOutput: TensorInfo, windows: Windows): TensorInfo {
  const out = backend.output([...windows.inputShape], 'float32');
  const { planes, split, table, row, rowBytes } = plan(backend, windows);
  const args = [table, backend.pointer(gradOutput), backend.pointer(out), 0, planes, row] as const;
  backend.run('averageWindowsBackward', split, [...args], 3, [[5, rowBytes]]);
  return out;
}

export const windowKernels = [
  kernel<AvgPool2dInputs, AvgPool2dAttributes>(FLAMBEAU_KERNELS.avgPool2d, ({ inputs, attrs, backend }) =>
    average(backend, inputs.input, averageWindows(attrs)),
  ),
  kernel<PoolBackwardInputs, AvgPool2dAttributes>(FLAMBEAU_KERNELS.avgPool2dBackward, ({ inputs, attrs, backend }) =>
    averageBackward(backend, inputs.gradOutput, averageWindows(attrs)),
  ),
  kernel<AvgPool2dInputs, AdaptivePool2dAttributes>(FLAMBEAU_KERNELS.adaptiveAvgPool2d, ({ inputs, attrs, backend }) =>
    average(backend, inputs.input, adaptiveWindows(attrs)),
  ),
  kernel<PoolBackwardInputs, AdaptivePool2dAttributes>(
    FLAMBEAU_KERNELS.adaptiveAvgPool2dBackward,
    ({ inputs, attrs, backend }) => averageBackward(backend, inputs.gradOutput, adaptiveWindows(attrs)),
  ),
  kernel<AvgPool2dInputs, AdaptivePool2dAttributes>(
    FLAMBEAU_KERNELS.adaptiveMaxPool2d,
    ({ inputs: { input }, attrs, backend }) => {
      const windows = adaptiveWindows(attrs);
      const output = backend.output(outputShape(windows), 'float32');
      const indices = backend.output(outputShape(windows), 'int32');
      const { planes, split, table } = plan(backend, windows);
      const pointers = [backend.pointer(input), backend.pointer(output), backend.pointer(indices)] as const;
      backend.run('maxWindows', split, [table, ...pointers, 0, planes]);
      return [output, indices];
    },
  ),
];
