import { expect, it } from 'vitest';
import type { ConvolutionMode } from '../../src/convolution/borders.ts';
import { convolve } from '../../src/convolution/convolve.ts';
import { convolutionLength, convolutionOutputSize, convolutionParameterCount } from '../../src/convolution/sizes.ts';

it.each([
  ['full', '5 + 3 − 1 = 7'],
  ['same', 'max(5, 3) = 5'],
  ['valid', '|5 − 3| + 1 = 3'],
] as [ConvolutionMode, string][])('works out the length of a %s convolution', (mode, arithmetic) => {
  const { length } = convolve([1, 2, 3, 4, 5], [1, 2, 3], { mode });
  expect(convolutionLength(5, 3, mode)).toEqual({ value: length, arithmetic });
});

it("works out a layer's output size", () => {
  expect(convolutionOutputSize(28, 5)).toEqual({ value: 24, arithmetic: '⌊(28 − 5 + 2·0)/1⌋ + 1 = 24' });
  expect(convolutionOutputSize(11, 3, { stride: 2, padding: [1, 2], dilation: 2 })).toEqual({
    value: 5,
    arithmetic: '⌊(11 − (2·(3 − 1) + 1) + 1 + 2)/2⌋ + 1 = 5',
  });
});

it("counts a layer's parameters", () => {
  expect(convolutionParameterCount({ inChannels: 1, outChannels: 6, kernelSize: [5, 5] })).toEqual({
    value: 156,
    arithmetic: '6·1·5·5 + 6 = 156',
  });
  expect(convolutionParameterCount({ inChannels: 4, outChannels: 8, kernelSize: [3], groups: 2, bias: false })).toEqual(
    { value: 48, arithmetic: '8·2·3 = 48' },
  );
});

it.each([
  [() => convolutionLength(0, 1), 'the length of f is 0, expected a whole number of at least 1'],
  [() => convolutionOutputSize(3, 5), "the kernel reaches over 5 pixels, expected at most the padded input's 3"],
  [
    () => convolutionParameterCount({ inChannels: 3, outChannels: 4, kernelSize: [1], groups: 2 }),
    'groups is 2, expected a divisor of inChannels (3) and outChannels (4)',
  ],
])('refuses what cannot be', (run, message) => {
  expect(run).toThrow(message);
});
