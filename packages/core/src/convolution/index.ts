export type { ConvolutionMode } from './borders.ts';
export { type ContinuousOptions, convolveContinuous } from './continuous.ts';
export { type ConvolveOptions, convolve, crossCorrelate } from './convolve.ts';
export { flipKernel } from './flipKernel.ts';
export type { Signal, Signal1d, Signal2d } from './grid.ts';
export {
  type ConvolutionParameters,
  convolutionLength,
  convolutionOutputSize,
  convolutionParameterCount,
  type WorkedOut,
} from './sizes.ts';
export { type ConvolutionStep, type ConvolutionTerm, type Position2d, traceConvolution } from './trace.ts';
