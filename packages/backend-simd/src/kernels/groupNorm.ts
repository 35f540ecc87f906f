import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import {
  FLAMBEAU_KERNELS,
  type GroupNormAttributes,
  type GroupNormInputs,
  type NormBackwardInputs,
} from './contract.ts';

interface Layout {
  /** Channels of all images, one after the other: each is a row of `inner` floats. */
  rows: number;
  inner: number;
  channels: number;
  perGroup: number;
}

function layoutOf(shape: readonly number[], groups: number): Layout {
  const [batch, channels, inner] = shape as [number, number, number];
  return { rows: batch * channels, inner, channels, perGroup: channels / groups };
}

/** Room for some numbers of each row: where the arrays start, in floats. */
function arrays(backend: SimdBackend, { rows }: Layout, many: number): number[] {
  const first = backend.heap.scratch(rows * 4 * many) / 4;
  return Array.from({ length: many }, (_, i) => first + i * rows);
}

/** Rows of one float are cut at cache lines, others anywhere. */
const splitOf = (backend: SimdBackend, rows: number, inner: number) =>
  backend.split(rows, rows * inner * COST.batchNorm, Math.ceil(CACHE_LINE / Math.max(1, inner)));

export const groupNormKernels = [
  kernel<GroupNormInputs, GroupNormAttributes>(FLAMBEAU_KERNELS.groupNorm, ({ inputs, attrs, backend }) => {
    const { input, weight, bias } = inputs;
    const layout = layoutOf(input.shape, attrs.numGroups);
    const { rows, inner, channels, perGroup } = layout;
    const groups = rows / perGroup;
    const output = backend.output(input.shape, 'float32');
    const mean = backend.output([groups], 'float32');
    const rstd = backend.output([groups], 'float32');
    const [means, factor, offset] = arrays(backend, layout, 3) as [number, number, number];
    const [from, toMean, toRstd] = [backend.pointer(input), backend.pointer(mean), backend.pointer(rstd)];
    // A group of an image has the numbers of a channel of a batch of one image.
    const moments = [from, toMean, toRstd, 1, groups, perGroup * inner, 0, groups] as const;
    backend.run('channelMoments', splitOf(backend, groups, perGroup * inner), [...moments]);

    const { f32 } = backend.heap;
    const [centres, spreads] = [backend.values<Float32Array>(mean), backend.values<Float32Array>(rstd)];
    const [weights, biases] = [backend.values<Float32Array>(weight), backend.values<Float32Array>(bias)];
    for (let group = 0; group < groups; group++) spreads[group] = 1 / Math.sqrt(spreads[group]! + attrs.eps);
    for (let row = 0; row < rows; row++) {
      const [group, channel] = [Math.floor(row / perGroup), row % channels];
      f32[means + row] = centres[group]!;
      f32[factor + row] = spreads[group]! * weights[channel]!;
      f32[offset + row] = biases[channel]!;
    }
    backend.run('affineRows', splitOf(backend, rows, inner), [
      ...([from, 0, means * 4, factor * 4, offset * 4, 0, backend.pointer(output), inner, 0, rows] as const),
    ]);
    return [output, mean, rstd];
  }),

  // With x̂ = (x − μ)·rstd, g the output's gradient, h = g·γ and means over the group of m elements:
  // ∂β = Σg, ∂γ = Σ g·x̂ over images, ∂x = rstd · (h − mean(h) − x̂·mean(h·x̂)).
  kernel<NormBackwardInputs, GroupNormAttributes>(FLAMBEAU_KERNELS.groupNormBackward, ({ inputs, attrs, backend }) => {
    const { gradOutput, input, mean, rstd, weight } = inputs;
    const layout = layoutOf(input.shape, attrs.numGroups);
    const { rows, inner, channels, perGroup } = layout;
    const gradInput = backend.output(input.shape, 'float32');
    const gradWeight = backend.output([channels], 'float32');
    const gradBias = backend.output([channels], 'float32');
    const places = arrays(backend, layout, 6) as [number, number, number, number, number, number];
    const [means, sums, products, factor, offset, scale] = places;
    const [grad, from, to] = [backend.pointer(gradOutput), backend.pointer(input), backend.pointer(gradInput)];

    const [centres, spreads] = [backend.values<Float32Array>(mean), backend.values<Float32Array>(rstd)];
    const weights = backend.values<Float32Array>(weight);
    const { f32 } = backend.heap;
    for (let row = 0; row < rows; row++) f32[means + row] = centres[Math.floor(row / perGroup)]!;
    // Sums of g and of g·(x − μ) of each channel of each image: the variance of 1 that it divides by stands in `scale`.
    f32.fill(1, scale, scale + rows);
    backend.run('channelGradientSums', splitOf(backend, rows, inner), [
      ...([grad, from, means * 4, scale * 4, products * 4, sums * 4, 1, rows, inner, 0, 0, rows] as const),
    ]);

    const [toWeight, toBias] = [new Float64Array(channels), new Float64Array(channels)];
    for (let first = 0; first < rows; first += perGroup) {
      const spread = spreads[first / perGroup]!;
      let [sum, product] = [0, 0];
      for (let row = first; row < first + perGroup; row++) {
        const channel = row % channels;
        toBias[channel]! += f32[sums + row]!;
        toWeight[channel]! += f32[products + row]! * spread;
        sum += weights[channel]! * f32[sums + row]!;
        product += weights[channel]! * f32[products + row]! * spread;
      }
      const count = perGroup * inner;
      for (let row = first; row < first + perGroup; row++) {
        f32[scale + row] = spread * weights[row % channels]!;
        f32[offset + row] = (spread * sum) / count;
        f32[factor + row] = (spread * spread * product) / count;
      }
    }
    backend.values<Float32Array>(gradWeight).set(toWeight);
    backend.values<Float32Array>(gradBias).set(toBias);
    const byRow = [means * 4, factor * 4, offset * 4, scale * 4] as const;
    backend.run('affineRows', splitOf(backend, rows, inner), [from, grad, ...byRow, to, inner, 0, rows]);
    return [gradInput, gradWeight, gradBias];
  }),
];
