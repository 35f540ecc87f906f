/**
 * TensorFlow.js's own convolutions and poolings, whose images are NHWC and whose filters are [height, width, in, out]: turned
 * around, computed by the NCHW kernels, and turned back. Moving the data costs a small part of the work.
 */
import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel, runHostKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { applyActivation, isFusable } from './activation.ts';
import type { Conv2dAttributes, MaxPool2dAttributes } from './contract.ts';
import { conv2d } from './conv2d.ts';
import { conv2dBackwardInput, conv2dBackwardWeight } from './conv2dBackward.ts';
import { maxPool2d, maxPool2dBackward } from './maxPool2d.ts';
import { transpose } from './transpose.ts';

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

interface ConvolutionAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number | null;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

interface Convolution {
  attrs: Conv2dAttributes;
  /** Input and output, NCHW. */
  inputShape: number[];
  outputShape: number[];
  channelsLast: boolean;
  depthwise: boolean;
  /** Input channels, output channels of each (depthwise). */
  multiplier: number;
}

function describe(
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dataFormat = 'NHWC', dilations, dimRoundingMode }: ConvolutionAttributes,
  depthwise: boolean,
): Convolution {
  const info = backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
    backend_util.convertConv2DDataFormat(dataFormat),
  );
  const { padInfo, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } = info;
  return {
    attrs: {
      stride: [strideHeight, strideWidth],
      // Bottom and right by what the output needs: TensorFlow.js may round its size up.
      padding: [
        padInfo.top,
        (outHeight - 1) * strideHeight + info.effectiveFilterHeight - inHeight - padInfo.top,
        padInfo.left,
        (outWidth - 1) * strideWidth + info.effectiveFilterWidth - inWidth - padInfo.left,
      ],
      dilation: [info.dilationHeight, info.dilationWidth],
      groups: depthwise ? info.inChannels : 1,
    },
    inputShape: [info.batchSize, info.inChannels, inHeight, inWidth],
    outputShape: [info.batchSize, info.outChannels, outHeight, outWidth],
    channelsLast: info.dataFormat === 'channelsLast',
    depthwise,
    multiplier: info.outChannels / info.inChannels,
  };
}

/** The shape of the NCHW kernel's weight. */
function weightShapeOf({ depthwise, multiplier }: Convolution, filterShape: number[]): number[] {
  const [height, width, inChannels, outChannels] = filterShape as [number, number, number, number];
  return depthwise ? [inChannels * multiplier, 1, height, width] : [outChannels, inChannels, height, width];
}

/** [height, width, in, out] → [out, in, height, width]; depthwise [height, width, in, multiplier] → [in · multiplier, 1, height, width]. */
function toWeight(backend: SimdBackend, convolution: Convolution, filter: TensorInfo): TensorInfo {
  const weight = transpose(backend, filter, convolution.depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1]);
  return { ...weight, shape: weightShapeOf(convolution, filter.shape) };
}

function toFilter(backend: SimdBackend, { depthwise }: Convolution, weight: TensorInfo, shape: number[]): TensorInfo {
  const [height, width, inChannels, last] = shape as [number, number, number, number];
  if (!depthwise) return transpose(backend, weight, [2, 3, 1, 0]);
  return transpose(backend, { ...weight, shape: [inChannels, last, height, width] }, [2, 3, 0, 1]);
}

/** Runs `compute` on NCHW versions of the images and gives its result back in their layout. */
function onChannelsFirst(
  backend: SimdBackend,
  channelsLast: boolean,
  images: TensorInfo[],
  compute: (images: TensorInfo[]) => TensorInfo,
): TensorInfo {
  if (!channelsLast) return compute(images);
  const turned = images.map((image) => transpose(backend, image, TO_CHANNELS_FIRST));
  const result = compute(turned);
  const out = transpose(backend, result, TO_CHANNELS_LAST);
  for (const tensor of [...turned, result]) backend.disposeIntermediateTensorInfo(tensor);
  return out;
}

function allFloat(...tensors: (TensorInfo | undefined)[]): boolean {
  return tensors.every((tensor) => !tensor || (tensor.dtype === 'float32' && util.sizeFromShape(tensor.shape) > 0));
}

function forward(
  backend: SimdBackend,
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
  convolution: Convolution,
): TensorInfo {
  const weight = toWeight(backend, convolution, filter);
  const out = onChannelsFirst(backend, convolution.channelsLast, [x], ([input]) =>
    conv2d(backend, { input: input!, weight, bias }, convolution.attrs),
  );
  backend.disposeIntermediateTensorInfo(weight);
  return out;
}

function convolutions(prefix: 'Conv2D' | 'DepthwiseConv2dNative') {
  const depthwise = prefix === 'DepthwiseConv2dNative';
  return [
    kernel<{ x: TensorInfo; filter: TensorInfo }, ConvolutionAttributes>(prefix, (call) => {
      const { x, filter } = call.inputs;
      if (!allFloat(x, filter)) return runHostKernel(prefix, call);
      return forward(call.backend, x, filter, undefined, describe(x.shape, filter.shape, call.attrs, depthwise));
    }),

    kernel<{ dy: TensorInfo; filter: TensorInfo }, ConvolutionAttributes & { inputShape: number[] }>(
      `${prefix}BackpropInput`,
      (call) => {
        const { backend, attrs } = call;
        const { dy, filter } = call.inputs;
        if (!allFloat(dy, filter)) return runHostKernel(`${prefix}BackpropInput`, call);
        const convolution = describe(attrs.inputShape, filter.shape, attrs, depthwise);
        // conv2dTranspose may ask for an output that does not go with dy; the cpu backend then takes dy's first rows.
        const [, , height, width] = convolution.outputShape;
        const rowsAt = convolution.channelsLast ? 1 : 2;
        if (dy.shape[rowsAt] !== height || dy.shape[rowsAt + 1] !== width) {
          return runHostKernel(`${prefix}BackpropInput`, call);
        }
        const weight = toWeight(backend, convolution, filter);
        const out = onChannelsFirst(backend, convolution.channelsLast, [dy], ([gradOutput]) =>
          conv2dBackwardInput(
            backend,
            { gradOutput: gradOutput!, weight },
            { ...convolution.attrs, inputShape: convolution.inputShape },
          ),
        );
        backend.disposeIntermediateTensorInfo(weight);
        return out;
      },
    ),

    kernel<{ x: TensorInfo; dy: TensorInfo }, ConvolutionAttributes & { filterShape: number[] }>(
      `${prefix}BackpropFilter`,
      (call) => {
        const { backend, attrs } = call;
        const { x, dy } = call.inputs;
        if (!allFloat(x, dy)) return runHostKernel(`${prefix}BackpropFilter`, call);
        const convolution = describe(x.shape, attrs.filterShape, attrs, depthwise);
        const { channelsLast } = convolution;
        const [input, gradOutput] = [x, dy].map((image) =>
          channelsLast ? transpose(backend, image, TO_CHANNELS_FIRST) : backend.alias(image),
        );
        const weight = conv2dBackwardWeight(
          backend,
          { input: input!, gradOutput: gradOutput! },
          { ...convolution.attrs, weightShape: weightShapeOf(convolution, attrs.filterShape) },
        );
        const out = toFilter(backend, convolution, weight, attrs.filterShape);
        for (const tensor of [input!, gradOutput!, weight]) backend.disposeIntermediateTensorInfo(tensor);
        return out;
      },
    ),
  ];
}

interface FusedInputs {
  x: TensorInfo;
  filter: TensorInfo;
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}

function fused(name: 'FusedConv2D' | 'FusedDepthwiseConv2D') {
  return kernel<FusedInputs, ConvolutionAttributes & { activation: string; leakyreluAlpha: number }>(name, (call) => {
    const { backend, attrs } = call;
    const { x, filter, bias } = call.inputs;
    const activation = attrs.activation || 'linear';
    if (!allFloat(x, filter, bias) || !isFusable(activation)) return runHostKernel(name, call);
    const convolution = describe(x.shape, filter.shape, attrs, name === 'FusedDepthwiseConv2D');
    const onePerChannel = !bias || (bias.shape.length === 1 && bias.shape[0] === convolution.outputShape[1]);
    if (!onePerChannel) return runHostKernel(name, call);
    const out = forward(backend, x, filter, bias, convolution);
    applyActivation(backend, activation, out, attrs.leakyreluAlpha);
    return out;
  });
}

interface PoolAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function describePool(shape: number[], attrs: PoolAttributes): MaxPool2dAttributes {
  const info = backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    attrs.filterSize,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  return {
    kernelSize: [info.filterHeight, info.filterWidth],
    stride: [info.strideHeight, info.strideWidth],
    padding: [info.padInfo.top, info.padInfo.bottom, info.padInfo.left, info.padInfo.right],
    dilation: [1, 1],
    outputSize: [info.outHeight, info.outWidth],
  };
}

const maxPool = kernel<{ x: TensorInfo }, PoolAttributes>('MaxPool', (call) => {
  const { backend } = call;
  const { x } = call.inputs;
  if (!allFloat(x)) return runHostKernel('MaxPool', call);
  const attrs = describePool(x.shape, call.attrs);
  const [height, width] = attrs.outputSize;
  const isIdentity = Math.max(...attrs.kernelSize) === 1 && height === x.shape[1] && width === x.shape[2];
  if (isIdentity) return backend.alias(x);
  return onChannelsFirst(backend, true, [x], ([input]) => {
    const [output, indices] = maxPool2d(backend, { input: input! }, attrs, true);
    backend.disposeIntermediateTensorInfo(indices);
    return output;
  });
});

const maxPoolGrad = kernel<{ dy: TensorInfo; input: TensorInfo; output: TensorInfo }, PoolAttributes>(
  'MaxPoolGrad',
  (call) => {
    const { backend } = call;
    const { dy, input: x } = call.inputs;
    if (!allFloat(dy, x)) return runHostKernel('MaxPoolGrad', call);
    return onChannelsFirst(backend, true, [dy, x], ([gradOutput, input]) => {
      const [output, indices] = maxPool2d(backend, { input: input! }, describePool(x.shape, call.attrs), true);
      const inputShape = input!.shape;
      const gradInput = maxPool2dBackward(backend, { gradOutput: gradOutput!, indices }, { inputShape });
      for (const tensor of [output, indices]) backend.disposeIntermediateTensorInfo(tensor);
      return gradInput;
    });
  },
);

export const channelsLastKernels = [
  ...convolutions('Conv2D'),
  ...convolutions('DepthwiseConv2dNative'),
  fused('FusedConv2D'),
  fused('FusedDepthwiseConv2D'),
  maxPool,
  maxPoolGrad,
];
