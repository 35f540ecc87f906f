import {
  type Backend,
  functional as F,
  grad,
  hostArray,
  manualSeed,
  nn,
  type Tensor,
  tidy,
  toHost,
} from '@flambeau/core';
import { mul, sum } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { simd } from '../onSimd.ts';

/*
 * Section 3.1 of the notes: a bias before batch norm is cancelled, since the mean that is subtracted holds it. So it can
 * be left out, as NotesBnCnn does.
 */

let backend: Backend;
beforeAll(async () => {
  backend = await simd();
});

const largest = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));
const random = (...shape: number[]) =>
  backend.tensor(
    hostArray(
      'float32',
      shape,
      manualSeed(2).normal(new Float32Array(shape.reduce((product, side) => product * side, 1))),
    ),
  );

describe.each([
  {
    kind: 'a convolution',
    make: (bias: boolean): nn.Conv2d | nn.Linear => new nn.Conv2d(3, 8, 5, { bias }),
    norm: () => new nn.BatchNorm2d(8),
    input: () => random(10, 3, 12, 12),
    output: [10, 8, 8, 8],
  },
  {
    kind: 'a linear map',
    make: (bias: boolean): nn.Conv2d | nn.Linear => new nn.Linear(20, 8, { bias }),
    norm: () => new nn.BatchNorm1d(8),
    input: () => random(40, 20),
    output: [40, 8],
  },
])('a bias of $kind before batch norm', ({ make, norm, input, output }) => {
  /** The same layer with a bias and without, and a batch norm for each. */
  async function twins() {
    manualSeed(1);
    const [withBias, without] = [make(true), make(false)];
    without.loadStateDict({ weight: (await withBias.stateDict()).weight! });
    // Far larger than what initialisation gives, so that it would be seen.
    withBias.bias!.load(hostArray('float32', [8], Float32Array.of(3, -2, 1, -4, 2, 5, -1, 0.5)));
    return { withBias, without, norms: [norm(), norm()] as const };
  }

  it('changes nothing: the outputs with it and without are equal to rounding', async () => {
    const { withBias, without, norms } = await twins();
    const x = input();
    const run = (layer: { forward(x: Tensor): Tensor }, bn: { forward(x: Tensor): Tensor }) =>
      toHost(tidy(() => bn.forward(layer.forward(x))));
    const [biased, plain] = [await run(withBias, norms[0]), await run(without, norms[1])];
    expect(biased.shape).toEqual(output);
    const difference = (biased.data as Float32Array).map((value, i) => value - Number(plain.data[i]));
    expect(largest(difference)).toBeLessThan(1e-5);
    expect(largest(plain.data as Float32Array)).toBeGreaterThan(1);
    // Before the norm they are as far apart as the bias says.
    const linear = await toHost(tidy(() => withBias.forward(x)));
    const linearPlain = await toHost(tidy(() => without.forward(x)));
    expect(Number(linear.data[0]) - Number(linearPlain.data[0])).toBeCloseTo(3, 4);
  });

  it('is only found again in the running mean, and so cancelled in evaluation, too', async () => {
    const { withBias, without, norms } = await twins();
    const x = input();
    // One batch with momentum 1 would be exact; by 200 of them the start is forgotten.
    for (let i = 0; i < 200; i++) {
      tidy(() => {
        norms[0].forward(withBias.forward(x) as never);
        norms[1].forward(without.forward(x) as never);
      });
    }
    const [mean, plainMean] = await Promise.all(norms.map(({ runningMean }) => runningMean!.toHost()));
    expect(Number(mean!.data[0]) - Number(plainMean!.data[0])).toBeCloseTo(3, 4);
    for (const bn of norms) bn.eval();
    const [biased, plain] = await Promise.all([
      toHost(tidy(() => norms[0].forward(withBias.forward(x) as never))),
      toHost(tidy(() => norms[1].forward(without.forward(x) as never))),
    ]);
    const difference = (biased!.data as Float32Array).map((value, i) => value - Number(plain!.data[i]));
    expect(largest(difference)).toBeLessThan(2e-5);
  });

  it('gets a gradient that is zero to rounding: less than 1e-6 of that of the weights', async () => {
    const { withBias, norms } = await twins();
    const x = input();
    // A weighted sum, so that the outputs' own gradients differ.
    const weights = random(...output);
    const loss = () => sum(mul(F.relu(norms[0].forward(withBias.forward(x) as never)), weights)) as Tensor;
    const [ofWeight, ofBias] = await Promise.all(
      grad(loss, [withBias.weight, withBias.bias!]).map((gradient) => toHost(gradient!)),
    );
    expect(largest(ofWeight!.data as Float32Array)).toBeGreaterThan(0.1);
    expect(largest(ofBias!.data as Float32Array)).toBeLessThan(1e-6 * largest(ofWeight!.data as Float32Array));
    // Without the norm the same bias has a gradient like any other.
    const plain = await Promise.all(
      grad(() => sum(mul(F.relu(withBias.forward(x)), weights)) as Tensor, [withBias.weight, withBias.bias!]).map(
        (gradient) => toHost(gradient!),
      ),
    );
    expect(largest(plain[1]!.data as Float32Array)).toBeGreaterThan(0.01 * largest(plain[0]!.data as Float32Array));
  });
});
