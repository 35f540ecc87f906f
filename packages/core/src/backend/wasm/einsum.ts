import { backend_util, type EinsumAttrs, util } from '@tensorflow/tfjs-core';
import { type HostTensor, hostZeros } from './hostKernel.ts';

/** Einstein's summation: for every choice of all indices the product of the factors is added to the output's element. */
export function einsum(inputs: Record<string, HostTensor>, { equation }: EinsumAttrs): HostTensor {
  const factors = Object.keys(inputs)
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => inputs[name]);
  const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(equation, factors.length);
  backend_util.checkEinsumDimSizes(allDims.length, idDims, factors as never);
  const sizes = allDims.map((_, dim) => {
    const owner = idDims.findIndex((dims) => dims.includes(dim));
    return factors[owner].shape[idDims[owner].indexOf(dim)];
  });
  const kept = allDims.map((_, dim) => dim).filter((dim) => !summedDims.includes(dim));
  const output = hostZeros(kept.map((dim) => sizes[dim]));
  const strides = factors.map(({ shape }, i) => stridesOver(allDims.length, idDims[i], shape));
  const outputStrides = stridesOver(allDims.length, kept, output.shape);
  const indices = new Array<number>(allDims.length).fill(0);
  for (let left = util.sizeFromShape(sizes); left > 0; left--) {
    let product = 1;
    for (let i = 0; i < factors.length; i++) product *= factors[i].values[offset(indices, strides[i])];
    output.values[offset(indices, outputStrides)] += product;
    for (let dim = indices.length - 1; dim >= 0 && ++indices[dim] === sizes[dim]; dim--) indices[dim] = 0;
  }
  return output;
}

/** How far each index moves within a tensor that has some of the dimensions: 0 for the others. */
function stridesOver(count: number, dims: readonly number[], shape: readonly number[]): number[] {
  const strides = new Array<number>(count).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[dims[axis]] += step;
    step *= shape[axis];
  }
  return strides;
}

const offset = (indices: readonly number[], strides: readonly number[]): number =>
  indices.reduce((sum, index, dim) => sum + index * strides[dim], 0);
