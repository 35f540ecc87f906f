import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { deferringKernel, kernel, runHostKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { isNumeric, type NumericArray, type NumericDataType } from '../backend/tensorRecord.ts';

function filled(backend: SimdBackend, shape: number[], dtype: NumericDataType, value: number): TensorInfo {
  const out = backend.output(shape, dtype);
  backend.values<NumericArray>(out).fill(value);
  return out;
}

const fill = kernel<Record<string, never>, { shape: number[]; value: number | string; dtype?: DataType }>(
  'Fill',
  (call) => {
    const { shape, value } = call.attrs;
    const dtype = call.attrs.dtype || util.inferDtype(value);
    if (typeof value === 'string' || !isNumeric(dtype)) return runHostKernel('Fill', call);
    return filled(call.backend, shape, dtype, Number(value));
  },
);

function like(name: 'ZerosLike' | 'OnesLike', value: number) {
  return kernel<{ x: TensorInfo }>(name, (call) => {
    const { x } = call.inputs;
    if (!isNumeric(x.dtype)) return runHostKernel(name, call);
    return filled(call.backend, x.shape, x.dtype, value);
  });
}

/** A real conversion, also from integers to floats, where the cpu backend only renames: here kernels read the bytes. */
const cast = kernel<{ x: TensorInfo }, { dtype: DataType }>('Cast', (call) => {
  const { backend } = call;
  const { x } = call.inputs;
  const { dtype } = call.attrs;
  if (!isNumeric(x.dtype) || !isNumeric(dtype)) return runHostKernel('Cast', call);
  if (x.dtype === dtype) return backend.alias(x);
  const out = backend.output(x.shape, dtype);
  backend.pointer(x);
  const from = backend.values<NumericArray>(x);
  const to = backend.values<NumericArray>(out);
  if (dtype === 'bool') for (let i = 0; i < to.length; i++) to[i] = from[i] !== 0 ? 1 : 0;
  else to.set(from);
  return out;
});

const oneHot = kernel<{ indices: TensorInfo }, { dtype: DataType; depth: number; onValue: number; offValue: number }>(
  'OneHot',
  (call) => {
    const { backend } = call;
    const { indices } = call.inputs;
    const { dtype, depth, onValue, offValue } = call.attrs;
    if (!isNumeric(dtype) || indices.dtype !== 'int32') return runHostKernel('OneHot', call);
    const out = filled(backend, [...indices.shape, depth], dtype, offValue);
    backend.pointer(indices);
    const classes = backend.values<Int32Array>(indices);
    const values = backend.values<NumericArray>(out);
    classes.forEach((index, row) => {
      if (index >= 0 && index < depth) values[row * depth + index] = onValue;
    });
    return out;
  },
);

const identity = deferringKernel<{ x: TensorInfo }>('Identity', ({ inputs, backend }) => backend.alias(inputs.x));

const reshape = deferringKernel<{ x: TensorInfo }, { shape: number[] }>('Reshape', (call) => {
  const { x } = call.inputs;
  if (x.dtype === 'complex64') return runHostKernel('Reshape', call);
  const size = util.sizeFromShape(x.shape);
  const shape = util.inferFromImplicitShape(call.attrs.shape, size);
  const newSize = util.sizeFromShape(shape);
  util.assert(
    size === newSize,
    () =>
      `The new shape (${shape}) has ${newSize} elements and the old shape (${x.shape}) has ${size} elements. ` +
      'The new shape and old shape must have the same number of elements.',
  );
  return call.backend.alias(x, shape);
});

const expandDims = deferringKernel<{ input: TensorInfo }, { dim: number }>('ExpandDims', (call) => {
  const { input } = call.inputs;
  const { dim } = call.attrs;
  const rank = input.shape.length;
  if (input.dtype === 'complex64' || dim < -rank - 1) return runHostKernel('ExpandDims', call);
  const shape = [...input.shape];
  shape.splice(dim < 0 ? rank + dim + 1 : dim, 0, 1);
  return call.backend.alias(input, shape);
});

export const createKernels = [
  fill,
  like('ZerosLike', 0),
  like('OnesLike', 1),
  cast,
  oneHot,
  identity,
  reshape,
  expandDims,
];
