import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS, type MaxPool2dAttributes } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { generator, randomFloats, sizeOf, withSpecialValues } from '../reference/numbers.ts';
import { describeOnThreads, runKernel } from '../run.ts';

type Shape4d = [number, number, number, number];

/** By PyTorch's rule, window by window. */
function pool(values: Float32Array, [N, C, H, W]: Shape4d, attrs: MaxPool2dAttributes) {
  const { kernelSize, stride, padding, dilation, outputSize } = attrs;
  const output: number[] = [];
  const indices: number[] = [];
  for (let plane = 0; plane < N * C; plane++)
    for (let y = 0; y < outputSize[0]; y++)
      for (let x = 0; x < outputSize[1]; x++) {
        let best = Number.NEGATIVE_INFINITY;
        let index = -1;
        for (let i = 0; i < kernelSize[0]; i++)
          for (let j = 0; j < kernelSize[1]; j++) {
            const row = y * stride[0] + i * dilation[0] - padding[0];
            const column = x * stride[1] + j * dilation[1] - padding[2];
            if (row < 0 || row >= H || column < 0 || column >= W) continue;
            const value = values[plane * H * W + row * W + column]!;
            if (index < 0 || value > best || Number.isNaN(value)) {
              best = value;
              index = row * W + column;
            }
          }
        output.push(best);
        indices.push(index);
      }
  return { output, indices };
}

function outputSizeOf(size: number, kernel: number, stride: number, padding: number, dilation: number): number {
  return Math.floor((size + padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

const side = (most: number) => fc.integer({ min: 1, max: most });
const pools = fc
  .record({
    shape: fc.tuple(side(2), side(3), side(12), side(20)),
    kernelSize: fc.tuple(side(3), side(3)),
    stride: fc.tuple(side(3), side(3)),
    padding: fc.tuple(...([0, 1, 2, 3] as const).map(() => fc.integer({ min: 0, max: 1 }))),
    dilation: fc.tuple(side(2), side(2)),
    seed: fc.nat(),
  })
  .map((s) => {
    const padding = s.padding as unknown as [number, number, number, number];
    const outputSize: [number, number] = [
      outputSizeOf(s.shape[2], s.kernelSize[0], s.stride[0], padding[0] + padding[1], s.dilation[0]),
      outputSizeOf(s.shape[3], s.kernelSize[1], s.stride[1], padding[2] + padding[3], s.dilation[1]),
    ];
    const { kernelSize, stride, dilation } = s;
    return { shape: s.shape as Shape4d, seed: s.seed, attrs: { kernelSize, stride, padding, dilation, outputSize } };
  })
  // PyTorch allows half the kernel as padding.
  .filter(({ attrs: { kernelSize, padding, outputSize } }) => {
    const most =
      Math.max(padding[0], padding[1]) * 2 <= kernelSize[0] && Math.max(padding[2], padding[3]) * 2 <= kernelSize[1];
    return most && Math.min(...outputSize) >= 1;
  });

function check(shape: Shape4d, attrs: MaxPool2dAttributes, values: Float32Array, random: () => number): void {
  const expected = pool(values, shape, attrs);
  const outShape = [shape[0], shape[1], ...attrs.outputSize];
  const [output, indices] = runKernel(FLAMBEAU_KERNELS.maxPool2d, { input: { values, shape } }, attrs);
  expect(output!.shape).toEqual(outShape);
  expectClose(output!.values, expected.output, 0);
  expect(indices!.dtype).toBe('int32');
  expect(Array.from(indices!.values)).toEqual(expected.indices);

  const gradOutput = randomFloats(sizeOf(outShape), random);
  const gradInput = new Float64Array(sizeOf(shape));
  const [plane, outPlane] = [shape[2] * shape[3], attrs.outputSize[0] * attrs.outputSize[1]];
  gradOutput.forEach((value, at) => {
    // Padding with dilation can leave a window without a pixel: −∞, and no one to hand the gradient to.
    if (expected.indices[at]! >= 0) gradInput[Math.floor(at / outPlane) * plane + expected.indices[at]!]! += value;
  });
  const [back] = runKernel(
    FLAMBEAU_KERNELS.maxPool2dBackward,
    {
      gradOutput: { values: gradOutput, shape: outShape },
      indices: { values: expected.indices, shape: outShape, dtype: 'int32' },
    },
    { inputShape: shape },
  );
  expect(back!.shape).toEqual(shape);
  expectClose(back!.values, gradInput, 1e-6);
}

const pairs = { kernelSize: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], dilation: [1, 1] } as const;

describeOnThreads('flambeau::max_pool2d and its gradient', () => {
  test('follow PyTorch for any window, NaN and infinity included', () => {
    fc.assert(
      fc.property(pools, fc.boolean(), ({ shape, attrs, seed }, special) => {
        const random = generator(seed);
        const values = randomFloats(sizeOf(shape), random);
        check(shape, attrs, special ? withSpecialValues(values, random) : values, random);
      }),
      { numRuns: 250 },
    );
  });

  test('2 × 2 windows side by side, at every width around the vector', () => {
    for (let width = 2; width <= 19; width++) {
      const shape: Shape4d = [2, 2, 5, width];
      const random = generator(width);
      const values = withSpecialValues(randomFloats(sizeOf(shape), random), random);
      check(shape, { ...pairs, outputSize: [2, Math.floor(width / 2)] }, values, random);
    }
  });

  test('windows that hang over the edge (ceil mode) take what they see', () => {
    const values = Float32Array.from({ length: 49 }, (_, at) => at);
    check([1, 1, 7, 7], { ...pairs, outputSize: [4, 4] }, values, generator(1));
  });

  test('a window of negative numbers keeps its largest', () => {
    const values = Float32Array.of(-4, -3, -2, -1);
    check([1, 1, 2, 2], { ...pairs, outputSize: [1, 1] }, values, generator(1));
  });

  test('the first of equal maxima wins', () => {
    const input = { values: new Float32Array(64).fill(3), shape: [1, 1, 8, 8] };
    const [, indices] = runKernel(FLAMBEAU_KERNELS.maxPool2d, { input }, { ...pairs, outputSize: [4, 4] });
    expect(Array.from(indices!.values.slice(0, 4))).toEqual([0, 2, 4, 6]);
  });

  test('an index outside the plane writes nowhere', () => {
    const [back] = runKernel(
      FLAMBEAU_KERNELS.maxPool2dBackward,
      {
        gradOutput: { values: [5, 7], shape: [1, 1, 1, 2] },
        indices: { values: [-1, 4], shape: [1, 1, 1, 2], dtype: 'int32' },
      },
      { inputShape: [1, 1, 2, 2] },
    );
    expect(back!.values).toEqual(new Float32Array(4));
  });
});
