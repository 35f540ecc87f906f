import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { type ConvolutionCase, outputShape, visitProducts } from '../reference/conv2d.ts';
import { generator, randomFloats, sizeOf } from '../reference/numbers.ts';
import { describeOnThreads, runKernel } from '../run.ts';

const side = (most: number) => fc.integer({ min: 1, max: most });
const pad = fc.integer({ min: 0, max: 3 });

/** Sizes around every block edge: 5 output channels, 4 and 8 pixels, and what doesn't divide. */
const convolutions = fc
  .record({
    groups: side(3),
    batch: side(2),
    groupIn: side(3),
    groupOut: side(7),
    height: side(11),
    width: side(19),
    kernelHeight: side(4),
    kernelWidth: side(4),
    stride: fc.tuple(side(3), side(3)),
    padding: fc.tuple(pad, pad, pad, pad),
    dilation: fc.tuple(side(2), side(3)),
    seed: fc.nat(),
  })
  .map((s) => ({
    seed: s.seed,
    convolution: {
      input: [s.batch, s.groups * s.groupIn, s.height, s.width],
      weight: [s.groups * s.groupOut, s.groupIn, s.kernelHeight, s.kernelWidth],
      stride: s.stride,
      padding: s.padding,
      dilation: s.dilation,
      groups: s.groups,
    } satisfies ConvolutionCase as ConvolutionCase,
  }))
  .filter(({ convolution }) => Math.min(...outputShape(convolution)) >= 1);

function check(convolution: ConvolutionCase, seed: number): void {
  const { stride, padding, dilation, groups } = convolution;
  const attrs = { stride, padding, dilation, groups };
  const random = generator(seed);
  const shape = outputShape(convolution);
  const input = { values: randomFloats(sizeOf(convolution.input), random), shape: convolution.input };
  const weight = { values: randomFloats(sizeOf(convolution.weight), random), shape: convolution.weight };
  const bias = { values: randomFloats(convolution.weight[0], random), shape: [convolution.weight[0]] };
  const gradOutput = { values: randomFloats(sizeOf(shape), random), shape };

  const plane = shape[2]! * shape[3]!;
  const output = Float64Array.from(
    { length: sizeOf(shape) },
    (_, at) => bias.values[Math.floor(at / plane) % shape[1]!]!,
  );
  const gradInput = new Float64Array(sizeOf(convolution.input));
  const gradWeight = new Float64Array(sizeOf(convolution.weight));
  visitProducts(convolution, (o, i, w) => {
    output[o]! += input.values[i]! * weight.values[w]!;
    gradInput[i]! += gradOutput.values[o]! * weight.values[w]!;
    gradWeight[w]! += gradOutput.values[o]! * input.values[i]!;
  });
  const gradBias = new Float64Array(shape[1]!);
  gradOutput.values.forEach((value, at) => {
    gradBias[Math.floor(at / plane) % shape[1]!]! += value;
  });

  const [forward] = runKernel(FLAMBEAU_KERNELS.conv2d, { input, weight, bias }, attrs);
  expect(forward!.shape).toEqual(shape);
  expectClose(forward!.values, output);
  const [toInput] = runKernel(
    FLAMBEAU_KERNELS.conv2dBackwardInput,
    { gradOutput, weight },
    { ...attrs, inputShape: convolution.input },
  );
  expect(toInput!.shape).toEqual(convolution.input);
  expectClose(toInput!.values, gradInput);
  const [toWeight] = runKernel(
    FLAMBEAU_KERNELS.conv2dBackwardWeight,
    { gradOutput, input },
    { ...attrs, weightShape: convolution.weight },
  );
  expect(toWeight!.shape).toEqual(convolution.weight);
  expectClose(toWeight!.values, gradWeight);
  const [toBias] = runKernel(FLAMBEAU_KERNELS.conv2dBackwardBias, { gradOutput });
  expectClose(toBias!.values, gradBias);
}

describeOnThreads('flambeau::conv2d and its gradients', () => {
  test('agree with the sum of products for any stride, padding, dilation, groups and size', () => {
    fc.assert(
      fc.property(convolutions, ({ convolution, seed }) => check(convolution, seed)),
      { numRuns: 250 },
    );
  });

  const plain = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;
  test.each<[string, ConvolutionCase]>([
    ["the notes' conv1", { ...plain, input: [3, 1, 28, 28], weight: [6, 1, 5, 5] }],
    ["the notes' conv2", { ...plain, input: [3, 6, 12, 12], weight: [12, 6, 5, 5] }],
    ['one image, one pixel, one weight', { ...plain, input: [1, 1, 1, 1], weight: [1, 1, 1, 1] }],
    ['a stride larger than the kernel', { ...plain, stride: [3, 4], input: [2, 2, 11, 13], weight: [5, 2, 2, 2] }],
    ['depthwise', { ...plain, groups: 6, padding: [1, 1, 1, 1], input: [2, 6, 9, 9], weight: [6, 1, 3, 3] }],
    ['more padding than kernel', { ...plain, padding: [4, 5, 6, 3], input: [1, 2, 3, 4], weight: [3, 2, 2, 3] }],
    ['a large image, with rest', { ...plain, padding: [1, 1, 1, 1], input: [1, 1, 70, 45], weight: [3, 1, 3, 3] }],
    ['many channels', { ...plain, padding: [1, 1, 1, 1], input: [1, 33, 8, 8], weight: [17, 33, 3, 3] }],
  ])('%s', (_, convolution) => check(convolution, 7));

  test('a missing bias counts as zero', () => {
    const input = { values: [1, 2, 3, 4], shape: [1, 1, 2, 2] };
    const weight = { values: [1, 1, 1, 1], shape: [1, 1, 2, 2] };
    expect(runKernel(FLAMBEAU_KERNELS.conv2d, { input, weight }, plain)[0]!.values).toEqual(Float32Array.of(10));
  });

  test('NaN and infinity reach only the windows that see them', () => {
    const values = new Float32Array(49).fill(1);
    values[0] = Number.NaN;
    values[48] = Number.POSITIVE_INFINITY;
    const input = { values, shape: [1, 1, 7, 7] };
    const weight = { values: [1, 1, 1, 1], shape: [1, 1, 2, 2] };
    const expected = new Array(36).fill(4);
    expected[0] = Number.NaN;
    expected[35] = Number.POSITIVE_INFINITY;
    expectClose(runKernel(FLAMBEAU_KERNELS.conv2d, { input, weight }, plain)[0]!.values, expected);

    // The window's last row and column are never under the weights' first: NaN there must not reach their gradient.
    const gradOutput = { values: new Float32Array(36).fill(1), shape: [1, 1, 6, 6] };
    const attrs = { ...plain, weightShape: [1, 1, 2, 2] };
    const [gradWeight] = runKernel(FLAMBEAU_KERNELS.conv2dBackwardWeight, { gradOutput, input }, attrs);
    expectClose(gradWeight!.values, [Number.NaN, 36, 36, Number.POSITIVE_INFINITY]);
  });
});
