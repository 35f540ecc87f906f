import { backend_util, type MaxPoolGradAttrs } from '@tensorflow/tfjs-core';
import { type HostTensor, hostZeros } from './hostKernel.ts';

/**
 * ∂L/∂input of max pooling, `[N, H, W, C]`: each window's gradient goes to its first maximum. (TensorFlow.js's own kernel
 * starts its search at 0, so windows without a positive pixel are lost.)
 */
export function maxPoolGrad(
  { dy, input }: { dy: HostTensor; input: HostTensor },
  { filterSize, strides, pad, dimRoundingMode }: MaxPoolGradAttrs,
): HostTensor {
  const shape = input.shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const gradient = hostZeros(shape);
  const at = (n: number, row: number, column: number, c: number) =>
    ((n * shape[1] + row) * shape[2] + column) * shape[3] + c;
  let window = 0;
  for (let n = 0; n < shape[0]; n++) {
    for (let outRow = 0; outRow < info.outHeight; outRow++) {
      for (let outColumn = 0; outColumn < info.outWidth; outColumn++) {
        const top = outRow * info.strideHeight - info.padInfo.top;
        const left = outColumn * info.strideWidth - info.padInfo.left;
        for (let c = 0; c < shape[3]; c++, window++) {
          let winner = -1;
          for (let row = Math.max(0, top); row < Math.min(shape[1], top + info.filterHeight); row++) {
            for (let column = Math.max(0, left); column < Math.min(shape[2], left + info.filterWidth); column++) {
              const pixel = at(n, row, column, c);
              if (winner < 0 || input.values[pixel] > input.values[winner]) winner = pixel;
            }
          }
          if (winner >= 0) gradient.values[winner] += dy.values[window];
        }
      }
    }
  }
  return gradient;
}
