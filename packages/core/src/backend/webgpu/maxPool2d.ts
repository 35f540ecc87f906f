import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { MaxPool2dAttributes } from '../../ops/maxPool2d.ts';
import type { KernelCall } from './kernel.ts';
import { runProgram } from './program.ts';

/** One thread a window: its maximum and where it stands. */
export function maxPool2d({
  inputs: { input },
  attrs: { inputShape, kernelSize, stride, padding, dilation, outputSize },
  backend,
}: KernelCall<{ input: TensorInfo }, MaxPool2dAttributes>): TensorInfo[] {
  const [batch, channels, height, width] = inputShape;
  const shape = [batch, channels, ...outputSize];
  const output = backend.makeTensorInfo(shape, 'float32');
  const indices = backend.makeTensorInfo(shape, 'int32');
  runProgram(backend, {
    name: 'max_pool2d',
    reads: { x: input },
    writes: { y: output, at: indices },
    integers: {
      ...{ height, width, outHeight: outputSize[0], outWidth: outputSize[1] },
      ...{ kernelHeight: kernelSize[0], kernelWidth: kernelSize[1], strideY: stride[0], strideX: stride[1] },
      ...{ top: padding[0], left: padding[2], dilationY: dilation[0], dilationX: dilation[1] },
    },
    main: `
      let plane = index / (u.outWidth * u.outHeight) * u.height * u.width;
      let top = index / u.outWidth % u.outHeight * u.strideY - u.top;
      let left = index % u.outWidth * u.strideX - u.left;
      var best = 0.0;
      var winner = -1;
      for (var i = 0; i < u.kernelHeight; i++) {
        let row = top + i * u.dilationY;
        if (row < 0 || row >= u.height) { continue; }
        for (var j = 0; j < u.kernelWidth; j++) {
          let column = left + j * u.dilationX;
          if (column < 0 || column >= u.width) { continue; }
          let value = x[plane + row * u.width + column];
          // The first of equals wins, and NaN over all.
          if (winner < 0 || value > best || is_nan(value)) {
            best = value;
            winner = row * u.width + column;
          }
        }
      }
      y[index] = best;
      at[index] = winner;`,
    threads: { each: util.sizeFromShape(shape) },
  });
  return [output, indices];
}

/**
 * One thread a plane, which hands each window's gradient to its winner: windows may overlap, and WebGPU adds no floats
 * atomically.
 */
export function maxPool2dBackward({
  inputs: { gradOutput, indices },
  attrs: { inputShape },
  backend,
}: KernelCall<
  { gradOutput: TensorInfo; indices: TensorInfo },
  { readonly inputShape: readonly number[] }
>): TensorInfo[] {
  const [batch, channels, height, width] = inputShape;
  const gradInput = backend.makeTensorInfo([...inputShape], 'float32');
  runProgram(backend, {
    name: 'max_pool2d_backward',
    reads: { dy: gradOutput, at: indices },
    writes: { dx: gradInput },
    integers: { plane: height * width, windows: gradOutput.shape[2] * gradOutput.shape[3] },
    main: `
      for (var i = 0; i < u.plane; i++) { dx[index * u.plane + i] = 0.0; }
      for (var i = index * u.windows; i < (index + 1) * u.windows; i++) { dx[index * u.plane + at[i]] += dy[i]; }`,
    threads: { each: batch * channels },
  });
  return [gradInput];
}
