import { kernel } from '../backend/kernel.ts';
import {
  FLAMBEAU_KERNELS,
  type MaxPool2dAttributes,
  type MaxPool2dBackwardAttributes,
  type MaxPool2dBackwardInputs,
  type MaxPool2dInputs,
} from './contract.ts';

type Shape4d = [number, number, number, number];

export const maxPool2dKernels = [
  kernel<MaxPool2dInputs, MaxPool2dAttributes>(FLAMBEAU_KERNELS.maxPool2d, ({ inputs, attrs, backend }) => {
    const [batch, channels, height, width] = inputs.input.shape as Shape4d;
    const { kernelSize, stride, padding, dilation, outputSize } = attrs;
    const shape = [batch, channels, ...outputSize];
    const output = backend.output(shape, 'float32');
    const indices = backend.output(shape, 'int32');
    const [from, to, at] = [backend.pointer(inputs.input), backend.pointer(output), backend.pointer(indices)];
    // The fields of assembly/pool2d.ts, in its order.
    const pointer = backend.heap.argumentsPointer;
    backend.heap.i32.set(
      [height, width, ...outputSize, ...kernelSize, ...stride, padding[0], padding[2], ...dilation],
      pointer / 4,
    );
    backend.wasm.maxPool2d(pointer, from, to, at, 0, batch * channels);
    return [output, indices];
  }),

  kernel<MaxPool2dBackwardInputs, MaxPool2dBackwardAttributes>(
    FLAMBEAU_KERNELS.maxPool2dBackward,
    ({ inputs, attrs, backend }) => {
      const { gradOutput, indices } = inputs;
      const [batch, channels, height, width] = attrs.inputShape as Shape4d;
      const [, , outHeight, outWidth] = gradOutput.shape as Shape4d;
      const out = backend.output([...attrs.inputShape], 'float32');
      backend.wasm.maxPool2dBackward(
        backend.pointer(gradOutput),
        backend.pointer(indices),
        backend.pointer(out),
        outHeight * outWidth,
        height * width,
        0,
        batch * channels,
      );
      return out;
    },
  ),
];
