import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { KernelCall } from './kernel.ts';
import { runProgram } from './program.ts';

export function relu({ inputs, backend }: KernelCall<{ input: TensorInfo }, object>): TensorInfo[] {
  const { input } = inputs;
  const output = backend.makeTensorInfo(input.shape, 'float32');
  runProgram(backend, {
    name: 'relu',
    reads: { x: input },
    writes: { y: output },
    integers: {},
    // NaN is not below 0, so it stays.
    main: 'y[index] = select(x[index], 0.0, x[index] < 0.0);',
    threads: { each: util.sizeFromShape(input.shape) },
  });
  return [output];
}

export function reluBackward({
  inputs,
  backend,
}: KernelCall<{ gradOutput: TensorInfo; output: TensorInfo }, object>): TensorInfo[] {
  const { gradOutput, output } = inputs;
  const gradInput = backend.makeTensorInfo(output.shape, 'float32');
  runProgram(backend, {
    name: 'relu_backward',
    reads: { dy: gradOutput, y: output },
    writes: { dx: gradInput },
    integers: {},
    main: 'dx[index] = select(dy[index], 0.0, y[index] <= 0.0);',
    threads: { each: util.sizeFromShape(output.shape) },
  });
  return [gradInput];
}
