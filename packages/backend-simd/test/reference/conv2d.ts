import type { Conv2dAttributes } from '../../src/index.ts';

export interface ConvolutionCase extends Conv2dAttributes {
  /** N, C, H, W */
  input: [number, number, number, number];
  /** O, C / groups, kh, kw */
  weight: [number, number, number, number];
}

export function outputShape({ input, weight, stride, padding, dilation }: ConvolutionCase): number[] {
  const size = (whole: number, kernel: number, axis: 0 | 1) =>
    Math.floor(
      (whole + padding[2 * axis]! + padding[2 * axis + 1]! - dilation[axis] * (kernel - 1) - 1) / stride[axis],
    ) + 1;
  return [input[0], weight[0], size(input[2], weight[2], 0), size(input[3], weight[3], 1)];
}

/** Calls `visit` for every product that the convolution sums up, with the flat indices of its output, input and weight. */
export function visitProducts(
  convolution: ConvolutionCase,
  visit: (output: number, input: number, weight: number) => void,
): void {
  const { stride, padding, dilation, groups } = convolution;
  const [N, C, H, W] = convolution.input;
  const [O, groupIn, kh, kw] = convolution.weight;
  const [, , Ho, Wo] = outputShape(convolution) as [number, number, number, number];
  for (let n = 0; n < N; n++)
    for (let o = 0; o < O; o++)
      for (let y = 0; y < Ho; y++)
        for (let x = 0; x < Wo; x++)
          for (let c = 0; c < groupIn; c++)
            for (let i = 0; i < kh; i++)
              for (let j = 0; j < kw; j++) {
                const row = y * stride[0] + i * dilation[0] - padding[0];
                const column = x * stride[1] + j * dilation[1] - padding[2];
                if (row < 0 || row >= H || column < 0 || column >= W) continue;
                const channel = Math.floor(o / (O / groups)) * groupIn + c;
                visit(
                  ((n * O + o) * Ho + y) * Wo + x,
                  ((n * C + channel) * H + row) * W + column,
                  ((o * groupIn + c) * kh + i) * kw + j,
                );
              }
}
