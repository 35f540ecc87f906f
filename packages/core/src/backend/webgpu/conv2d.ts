import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Conv2dAttributes, conv2dOutputShape } from '../../ops/conv2d.ts';
import type { KernelCall } from './kernel.ts';
import { GROUP, GROUP_SUM, runProgram } from './program.ts';

/** The numbers of a convolution, as the shaders' uniforms. */
function geometry(
  input: readonly number[],
  weight: readonly number[],
  { stride, padding, dilation, groups }: Conv2dAttributes,
) {
  const [batch, channels, height, width] = input;
  const [outChannels, perGroup, kernelHeight, kernelWidth] = weight;
  const [, , outHeight, outWidth] = conv2dOutputShape(input, weight, { stride, padding, dilation });
  return {
    ...{ batch, channels, height, width, outChannels, perGroup, kernelHeight, kernelWidth, outHeight, outWidth },
    ...{ outPerGroup: outChannels / groups, strideY: stride[0], strideX: stride[1], top: padding[0], left: padding[2] },
    ...{ dilationY: dilation[0], dilationX: dilation[1] },
  };
}

/** One thread an output. */
export function conv2d({
  inputs: { input, weight, bias },
  attrs,
  backend,
}: KernelCall<{ input: TensorInfo; weight: TensorInfo; bias?: TensorInfo }, Conv2dAttributes>): TensorInfo[] {
  const integers = geometry(input.shape, weight.shape, attrs);
  const shape = [integers.batch, integers.outChannels, integers.outHeight, integers.outWidth];
  const output = backend.makeTensorInfo(shape, 'float32');
  runProgram(backend, {
    name: bias === undefined ? 'conv2d' : 'conv2d_bias',
    reads: { x: input, w: weight, ...(bias && { b: bias }) },
    writes: { y: output },
    integers,
    main: `
      let column = index % u.outWidth;
      let row = index / u.outWidth % u.outHeight;
      let o = index / (u.outWidth * u.outHeight) % u.outChannels;
      let n = index / (u.outWidth * u.outHeight * u.outChannels);
      var sum = 0.0;
      for (var c = 0; c < u.perGroup; c++) {
        let plane = (n * u.channels + o / u.outPerGroup * u.perGroup + c) * u.height;
        let kernel = (o * u.perGroup + c) * u.kernelHeight;
        for (var i = 0; i < u.kernelHeight; i++) {
          let inRow = row * u.strideY + i * u.dilationY - u.top;
          if (inRow < 0 || inRow >= u.height) { continue; }
          for (var j = 0; j < u.kernelWidth; j++) {
            let inColumn = column * u.strideX + j * u.dilationX - u.left;
            if (inColumn < 0 || inColumn >= u.width) { continue; }
            sum += x[(plane + inRow) * u.width + inColumn] * w[(kernel + i) * u.kernelWidth + j];
          }
        }
      }
      y[index] = sum${bias === undefined ? '' : ' + b[o]'};`,
    threads: { each: util.sizeFromShape(shape) },
  });
  return [output];
}

/** One thread a pixel, which gathers from the windows that it is in. */
export function conv2dBackwardInput({
  inputs: { gradOutput, weight },
  attrs,
  backend,
}: KernelCall<
  { gradOutput: TensorInfo; weight: TensorInfo },
  Conv2dAttributes & { readonly inputShape: readonly number[] }
>): TensorInfo[] {
  const gradInput = backend.makeTensorInfo([...attrs.inputShape], 'float32');
  runProgram(backend, {
    name: 'conv2d_backward_input',
    reads: { dy: gradOutput, w: weight },
    writes: { dx: gradInput },
    integers: geometry(attrs.inputShape, weight.shape, attrs),
    main: `
      let column = index % u.width;
      let row = index / u.width % u.height;
      let c = index / (u.width * u.height) % u.channels;
      let n = index / (u.width * u.height * u.channels);
      let first = c / u.perGroup * u.outPerGroup;
      var sum = 0.0;
      for (var i = 0; i < u.kernelHeight; i++) {
        let y = row + u.top - i * u.dilationY;
        let outRow = y / u.strideY;
        if (y < 0 || y % u.strideY != 0 || outRow >= u.outHeight) { continue; }
        for (var j = 0; j < u.kernelWidth; j++) {
          let x = column + u.left - j * u.dilationX;
          let outColumn = x / u.strideX;
          if (x < 0 || x % u.strideX != 0 || outColumn >= u.outWidth) { continue; }
          for (var o = first; o < first + u.outPerGroup; o++) {
            sum += dy[((n * u.outChannels + o) * u.outHeight + outRow) * u.outWidth + outColumn]
              * w[((o * u.perGroup + c % u.perGroup) * u.kernelHeight + i) * u.kernelWidth + j];
          }
        }
      }
      dx[index] = sum;`,
    threads: { each: util.sizeFromShape(gradInput.shape) },
  });
  return [gradInput];
}

/** One workgroup a weight, whose threads share the images' positions. */
export function conv2dBackwardWeight({
  inputs: { gradOutput, input },
  attrs,
  backend,
}: KernelCall<
  { gradOutput: TensorInfo; input: TensorInfo },
  Conv2dAttributes & { readonly weightShape: readonly number[] }
>): TensorInfo[] {
  const gradWeight = backend.makeTensorInfo([...attrs.weightShape], 'float32');
  runProgram(backend, {
    name: 'conv2d_backward_weight',
    reads: { dy: gradOutput, x: input },
    writes: { dw: gradWeight },
    integers: geometry(input.shape, attrs.weightShape, attrs),
    declarations: GROUP_SUM,
    main: `
      let j = group % u.kernelWidth;
      let i = group / u.kernelWidth % u.kernelHeight;
      let inGroup = group / (u.kernelWidth * u.kernelHeight) % u.perGroup;
      let o = group / (u.kernelWidth * u.kernelHeight * u.perGroup);
      let c = o / u.outPerGroup * u.perGroup + inGroup;
      let plane = u.outHeight * u.outWidth;
      var sum = 0.0;
      for (var at = thread; at < u.batch * plane; at += ${GROUP}) {
        let n = at / plane;
        let row = at % plane / u.outWidth * u.strideY + i * u.dilationY - u.top;
        let column = at % u.outWidth * u.strideX + j * u.dilationX - u.left;
        if (row < 0 || row >= u.height || column < 0 || column >= u.width) { continue; }
        sum += dy[(n * u.outChannels + o) * plane + at % plane]
          * x[((n * u.channels + c) * u.height + row) * u.width + column];
      }
      let total = sum_of(sum, thread);
      if (thread == 0) { dw[group] = total; }`,
    threads: { groups: util.sizeFromShape(gradWeight.shape) },
  });
  return [gradWeight];
}

/** One workgroup a channel. */
export function conv2dBackwardBias({
  inputs: { gradOutput },
  backend,
}: KernelCall<{ gradOutput: TensorInfo }, object>): TensorInfo[] {
  const [batch, channels, height, width] = gradOutput.shape;
  const gradBias = backend.makeTensorInfo([channels], 'float32');
  runProgram(backend, {
    name: 'conv2d_backward_bias',
    reads: { dy: gradOutput },
    writes: { db: gradBias },
    integers: { batch, channels, plane: height * width },
    declarations: GROUP_SUM,
    main: `
      var sum = 0.0;
      for (var at = thread; at < u.batch * u.plane; at += ${GROUP}) {
        sum += dy[(at / u.plane * u.channels + group) * u.plane + at % u.plane];
      }
      let total = sum_of(sum, thread);
      if (thread == 0) { db[group] = total; }`,
    threads: { groups: channels },
  });
  return [gradBias];
}
