import {
  backend_util,
  type Conv2DBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
} from '@tensorflow/tfjs-core';
import { type HostTensor, hostZeros } from './hostKernel.ts';

type Shape = [number, number, number, number];

/** ∂L/∂filter of a convolution: each product of a pixel and a gradient goes to the filter's element that joined them. */
export function conv2dBackpropFilter(
  { x, dy }: { x: HostTensor; dy: HostTensor },
  { strides, pad, dataFormat, dimRoundingMode, filterShape }: Conv2DBackpropFilterAttrs,
): HostTensor {
  const info = backend_util.computeConv2DInfo(
    x.shape as Shape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    backend_util.convertConv2DDataFormat(dataFormat),
  );
  const gradient = hostZeros(filterShape);
  const { inChannels, outChannels } = info;
  forEachTap(info, (pixel, output, tap) => {
    for (let c = 0; c < inChannels; c++) {
      const value = x.values[pixel(c)];
      const base = (tap * inChannels + c) * outChannels;
      for (let o = 0; o < outChannels; o++) gradient.values[base + o] += value * dy.values[output(o)];
    }
  });
  return gradient;
}

/** ∂L/∂filter of a depthwise convolution, `[kh, kw, C, multiplier]`. */
export function depthwiseConv2dBackpropFilter(
  { x, dy }: { x: HostTensor; dy: HostTensor },
  { strides, dilations, pad, dimRoundingMode, filterShape }: DepthwiseConv2dNativeBackpropFilterAttrs,
): HostTensor {
  const info = depthwiseInfo(x.shape, filterShape, { strides, dilations, pad, dimRoundingMode });
  const gradient = hostZeros(filterShape);
  const [channels, multiplier] = [filterShape[2], filterShape[3]];
  forEachTap(info, (pixel, output, tap) => {
    for (let c = 0; c < channels; c++) {
      const value = x.values[pixel(c)];
      for (let m = 0; m < multiplier; m++) {
        gradient.values[(tap * channels + c) * multiplier + m] += value * dy.values[output(c * multiplier + m)];
      }
    }
  });
  return gradient;
}

/** ∂L/∂input of a depthwise convolution. */
export function depthwiseConv2dBackpropInput(
  { dy, filter }: { dy: HostTensor; filter: HostTensor },
  { strides, dilations, pad, dimRoundingMode, inputShape }: DepthwiseConv2dNativeBackpropInputAttrs,
): HostTensor {
  const info = depthwiseInfo(inputShape, filter.shape, { strides, dilations, pad, dimRoundingMode });
  const gradient = hostZeros(inputShape);
  const [, , channels, multiplier] = filter.shape;
  forEachTap(info, (pixel, output, tap) => {
    for (let c = 0; c < channels; c++) {
      for (let m = 0; m < multiplier; m++) {
        const weight = filter.values[(tap * channels + c) * multiplier + m];
        gradient.values[pixel(c)] += weight * dy.values[output(c * multiplier + m)];
      }
    }
  });
  return gradient;
}

function depthwiseInfo(
  inputShape: number[],
  filterShape: number[],
  options: Pick<DepthwiseConv2dNativeBackpropFilterAttrs, 'strides' | 'dilations' | 'pad' | 'dimRoundingMode'>,
): backend_util.Conv2DInfo {
  const { strides, dilations, pad, dimRoundingMode } = options;
  const shapes = [inputShape as Shape, filterShape as Shape] as const;
  return backend_util.computeConv2DInfo(...shapes, strides, dilations, pad, dimRoundingMode, true);
}

/**
 * Calls `visit` for each output position and each tap of the kernel that lies on a pixel there, with functions from a channel
 * to its place among the input's and the output's numbers.
 */
function forEachTap(
  info: backend_util.Conv2DInfo,
  visit: (pixel: (channel: number) => number, output: (channel: number) => number, tap: number) => void,
): void {
  const channelsFirst = info.dataFormat === 'channelsFirst';
  const place = (height: number, width: number, channels: number, n: number, row: number, column: number) =>
    channelsFirst
      ? (c: number) => ((n * channels + c) * height + row) * width + column
      : (c: number) => ((n * height + row) * width + column) * channels + c;
  for (let n = 0; n < info.batchSize; n++) {
    for (let outRow = 0; outRow < info.outHeight; outRow++) {
      for (let outColumn = 0; outColumn < info.outWidth; outColumn++) {
        const output = place(info.outHeight, info.outWidth, info.outChannels, n, outRow, outColumn);
        for (let i = 0; i < info.filterHeight; i++) {
          const row = outRow * info.strideHeight + i * info.dilationHeight - info.padInfo.top;
          if (row < 0 || row >= info.inHeight) continue;
          for (let j = 0; j < info.filterWidth; j++) {
            const column = outColumn * info.strideWidth + j * info.dilationWidth - info.padInfo.left;
            if (column < 0 || column >= info.inWidth) continue;
            visit(
              place(info.inHeight, info.inWidth, info.inChannels, n, row, column),
              output,
              i * info.filterWidth + j,
            );
          }
        }
      }
    }
  }
}
