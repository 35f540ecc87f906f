import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { numericGradient } from '../reference/derivative.ts';
import { generator, randomFloats, sizeOf } from '../reference/numbers.ts';
import { describeOnThreads, runKernel } from '../run.ts';

/** (x − μ) / √(σ² + ε) · γ + β per channel, in float64. */
function reference(
  x: ArrayLike<number>,
  shape: readonly number[],
  weight: ArrayLike<number> | undefined,
  bias: ArrayLike<number> | undefined,
  eps: number,
) {
  const channels = shape[1]!;
  const inner = sizeOf(shape.slice(2));
  const channelOf = (at: number) => Math.floor(at / inner) % channels;
  const count = x.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let at = 0; at < x.length; at++) mean[channelOf(at)]! += x[at]! / count;
  for (let at = 0; at < x.length; at++) variance[channelOf(at)]! += (x[at]! - mean[channelOf(at)]!) ** 2 / count;
  const output = Float64Array.from({ length: x.length }, (_, at) => {
    const c = channelOf(at);
    return ((x[at]! - mean[c]!) / Math.sqrt(variance[c]! + eps)) * (weight?.[c] ?? 1) + (bias?.[c] ?? 0);
  });
  return { output, mean, variance };
}

const shapes = fc.oneof(
  fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 9 })),
  fc.tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 2, max: 4 }),
    fc.integer({ min: 1, max: 5 }),
  ),
);

describeOnThreads('flambeau::batch_norm and its gradient', () => {
  test('normalise by the batch, for [N, C] and [N, C, H, W]', () => {
    fc.assert(
      fc.property(shapes, fc.boolean(), fc.nat(), (shape, affine, seed) => {
        const random = generator(seed);
        const channels = shape[1]!;
        const eps = 1e-2;
        const x = randomFloats(sizeOf(shape), random).map((value) => value * 2 + 1);
        const weight = affine ? randomFloats(channels, random) : undefined;
        const bias = affine ? randomFloats(channels, random) : undefined;
        const expected = reference(x, shape, weight, bias, eps);
        const input = { values: x, shape };
        const weights = weight && { values: weight, shape: [channels] };
        const [output, mean, variance] = runKernel(
          FLAMBEAU_KERNELS.batchNorm,
          { input, weight: weights, bias: bias && { values: bias, shape: [channels] } },
          { eps },
        );
        expect(output!.shape).toEqual(shape);
        // x − mean cancels: what float32 has lost of x there, the division by a small deviation makes larger.
        expectClose(output!.values, expected.output, 1e-5);
        expectClose(mean!.values, expected.mean, 1e-6);
        expectClose(variance!.values, expected.variance, 1e-6);

        const g = randomFloats(x.length, random);
        const loss = (values: ArrayLike<number>, gains: ArrayLike<number> | undefined, shifts?: ArrayLike<number>) =>
          reference(values, shape, gains, shifts, eps).output.reduce((sum, value, at) => sum + value * g[at]!, 0);
        const ones = new Float64Array(channels).fill(1);
        const [gradInput, gradWeight, gradBias] = runKernel(
          FLAMBEAU_KERNELS.batchNormBackward,
          {
            gradOutput: { values: g, shape },
            input,
            mean: { values: mean!.values, shape: [channels] },
            variance: { values: variance!.values, shape: [channels] },
            weight: weights,
          },
          { eps },
        );
        expectClose(
          gradInput!.values,
          numericGradient((values) => loss(values, weight), x),
          2e-5,
        );
        expectClose(
          gradWeight!.values,
          numericGradient((gains) => loss(x, gains), weight ?? ones),
          2e-5,
        );
        expectClose(
          gradBias!.values,
          numericGradient((shifts) => loss(x, weight, shifts), ones),
          5e-6,
        );
      }),
      { numRuns: 100 },
    );
  });

  test('the variance of numbers far from zero keeps its digits', () => {
    const random = generator(5);
    const x = randomFloats(2 * 40_000, random).map((value) => value + 2 ** 20 + 0.3);
    for (const shape of [
      [2, 1, 200, 200],
      [80_000, 1],
    ]) {
      const [, mean, variance] = runKernel(FLAMBEAU_KERNELS.batchNorm, { input: { values: x, shape } }, { eps: 0 });
      const expected = reference(x, shape, undefined, undefined, 0);
      expectClose(mean!.values, expected.mean, 1e-7);
      expectClose(variance!.values, expected.variance, 1e-6);
    }
  });
});
