import { backend_util, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel, runHostKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { bytesPerElement, isNumeric, type NumericDataType } from '../backend/tensorRecord.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { copyBox, denseStrides } from './copyBox.ts';

function isFourBytes(dtype: string): dtype is 'float32' | 'int32' {
  return dtype === 'float32' || dtype === 'int32';
}

/** The part of x that starts at `begin` and is `size` large. */
function sliceOf(backend: SimdBackend, x: TensorInfo, begin: readonly number[], size: number[]): TensorInfo {
  const dtype = x.dtype as NumericDataType;
  const strides = denseStrides(x.shape);
  const offset = begin.reduce((sum, index, axis) => sum + index * strides[axis]!, 0) * bytesPerElement(dtype);
  const out = backend.output(size, dtype);
  const [from, to] = [backend.pointer(x) + offset, backend.pointer(out)];
  if (slice_util.isSliceContinous(x.shape, [...begin], size)) {
    const bytes = util.sizeFromShape(size) * bytesPerElement(dtype);
    backend.heap.u8.copyWithin(to, from, from + bytes);
  } else {
    copyBox(backend, from, to, size, strides, denseStrides(size));
  }
  return out;
}

const slice = kernel<{ x: TensorInfo }, { begin: number | number[]; size: number | number[] }>('Slice', (call) => {
  const { x } = call.inputs;
  if (!isFourBytes(x.dtype)) return runHostKernel('Slice', call);
  const [begin, size] = slice_util.parseSliceParams(x as never, call.attrs.begin, call.attrs.size);
  slice_util.assertParamsValid(x as never, begin!, size!);
  return sliceOf(call.backend, x, begin!, size!);
});

const splitV = kernel<{ x: TensorInfo }, { numOrSizeSplits: number | number[]; axis: number }>('SplitV', (call) => {
  const { x } = call.inputs;
  const { numOrSizeSplits, axis } = call.attrs;
  if (!isFourBytes(x.dtype)) return runHostKernel('SplitV', call);
  const [along] = util.parseAxisParam(axis, x.shape) as [number];
  const begin = x.shape.map(() => 0);
  return backend_util.prepareSplitSize(x as never, numOrSizeSplits, along).map((size) => {
    const part = sliceOf(
      call.backend,
      x,
      begin,
      x.shape.map((whole, index) => (index === along ? size : whole)),
    );
    begin[along]! += size;
    return part;
  });
});

const unpack = kernel<{ value: TensorInfo }, { axis: number }>('Unpack', (call) => {
  const { value } = call.inputs;
  if (!isFourBytes(value.dtype)) return runHostKernel('Unpack', call);
  const axis = call.attrs.axis < 0 ? call.attrs.axis + value.shape.length : call.attrs.axis;
  const shape = value.shape.filter((_, index) => index !== axis);
  return Array.from({ length: value.shape[axis]! }, (_, index) => {
    const begin = value.shape.map((_, other) => (other === axis ? index : 0));
    const size = value.shape.map((whole, other) => (other === axis ? 1 : whole));
    return { ...sliceOf(call.backend, value, begin, size), shape };
  });
});

/** Lays tensors of one dtype side by side: each contributes `runs[i]` elements to each of `rows` rows. */
function interleave(
  backend: SimdBackend,
  tensors: readonly TensorInfo[],
  runs: readonly number[],
  rows: number,
  shape: number[],
): TensorInfo {
  const dtype = tensors[0]!.dtype as NumericDataType;
  const bytes = bytesPerElement(dtype);
  const out = backend.output(shape, dtype);
  const rowBytes = runs.reduce((sum, run) => sum + run, 0) * bytes;
  let to = backend.pointer(out);
  tensors.forEach((tensor, index) => {
    const run = runs[index]! * bytes;
    const split = backend.split(rows, rows * (run / 4) * COST.copy, Math.ceil(CACHE_LINE / runs[index]!));
    backend.run('copyRows', split, [backend.pointer(tensor), run, to, rowBytes, run, 0, rows]);
    to += run;
  });
  return out;
}

const concat = kernel<TensorInfo[], { axis: number }>('Concat', (call) => {
  const { inputs, backend } = call;
  const first = inputs[0]!;
  const oneDataType = inputs.every((tensor) => tensor.dtype === first.dtype);
  if (!isNumeric(first.dtype) || !oneDataType) return runHostKernel('Concat', call);
  const [axis] = util.parseAxisParam(call.attrs.axis, first.shape) as [number];
  const shapes = inputs.map((tensor) => tensor.shape);
  backend_util.assertParamsConsistent(shapes, axis);
  const shape = backend_util.computeOutShape(shapes, axis);
  const filled = inputs.filter((tensor) => util.sizeFromShape(tensor.shape) > 0);
  if (filled.length === 0) return backend.output(shape, first.dtype);
  if (filled.length === 1) return backend.alias(filled[0]!, shape);
  const runs = filled.map((tensor) => util.sizeFromShape(tensor.shape.slice(axis)));
  return interleave(backend, filled, runs, util.sizeFromShape(shape.slice(0, axis)), shape);
});

const pack = kernel<TensorInfo[], { axis: number }>('Pack', (call) => {
  const { inputs, backend } = call;
  const first = inputs[0]!;
  const alike = inputs.every((tensor) => tensor.dtype === first.dtype && util.arraysEqual(tensor.shape, first.shape));
  if (!isNumeric(first.dtype) || !alike) return runHostKernel('Pack', call);
  const axis = call.attrs.axis < 0 ? call.attrs.axis + first.shape.length + 1 : call.attrs.axis;
  const shape = [...first.shape.slice(0, axis), inputs.length, ...first.shape.slice(axis)];
  const run = util.sizeFromShape(first.shape.slice(axis));
  const rows = util.sizeFromShape(first.shape.slice(0, axis));
  return interleave(
    backend,
    inputs,
    inputs.map(() => run),
    rows,
    shape,
  );
});

const padV2 = kernel<{ x: TensorInfo }, { paddings: [number, number][]; constantValue: number }>('PadV2', (call) => {
  const { backend } = call;
  const { x } = call.inputs;
  const { paddings, constantValue } = call.attrs;
  if (!isFourBytes(x.dtype)) return runHostKernel('PadV2', call);
  const shape = paddings.map(([before, after], axis) => before + x.shape[axis]! + after);
  const out = backend.output(shape, x.dtype);
  const from = backend.pointer(x);
  backend.values<Float32Array | Int32Array>(out).fill(constantValue);
  const strides = denseStrides(shape);
  const offset = paddings.reduce((sum, [before], axis) => sum + before * strides[axis]!, 0);
  copyBox(backend, from, backend.pointer(out) + offset * 4, x.shape, denseStrides(x.shape), strides);
  return out;
});

export const arrangeKernels = [slice, splitV, unpack, concat, pack, padV2];
