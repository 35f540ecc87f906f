import { util } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import {
  type BatchNormAttributes,
  type BatchNormBackwardInputs,
  type BatchNormInputs,
  FLAMBEAU_KERNELS,
} from './contract.ts';

interface Layout {
  batch: number;
  channels: number;
  /** Elements of one channel of one example. */
  inner: number;
}

/** Vectors run over channels where they have one pixel each, over a channel's pixels else. */
function channelGrain({ inner }: Layout): number {
  return inner === 1 ? CACHE_LINE : 1;
}

function layoutOf(shape: readonly number[]): Layout {
  return { batch: shape[0]!, channels: shape[1]!, inner: util.sizeFromShape(shape.slice(2)) };
}

export const batchNormKernels = [
  kernel<BatchNormInputs, BatchNormAttributes>(FLAMBEAU_KERNELS.batchNorm, ({ inputs, attrs, backend }) => {
    const { input, weight, bias } = inputs;
    const layout = layoutOf(input.shape);
    const { batch, channels, inner } = layout;
    const cost = batch * channels * inner * COST.batchNorm;
    const output = backend.output(input.shape, 'float32');
    const mean = backend.output([channels], 'float32');
    const variance = backend.output([channels], 'float32');
    const [from, to, means] = [backend.pointer(input), backend.pointer(output), backend.pointer(mean)];
    if (weight) backend.pointer(weight);
    if (bias) backend.pointer(bias);
    const factor = backend.heap.scratch(channels * 8);
    const offset = factor + channels * 4;
    backend.run('channelMoments', backend.split(channels, cost, channelGrain(layout)), [
      ...([from, means, backend.pointer(variance), batch, channels, inner, 0, channels] as const),
    ]);

    const { f32 } = backend.heap;
    const variances = backend.values<Float32Array>(variance);
    const weights = weight && backend.values<Float32Array>(weight);
    const biases = bias && backend.values<Float32Array>(bias);
    for (let c = 0; c < channels; c++) {
      f32[factor / 4 + c] = (weights ? weights[c]! : 1) / Math.sqrt(variances[c]! + attrs.eps);
      f32[offset / 4 + c] = biases ? biases[c]! : 0;
    }
    const split = backend.split(batch, cost, Math.ceil(CACHE_LINE / (channels * inner)));
    backend.run('normalize', split, [from, means, factor, offset, to, channels, inner, 0, batch]);
    return [output, mean, variance];
  }),

  // With x̂ = (x − μ)/√(σ² + ε), m elements a channel, and g the output's gradient:
  // ∂β = Σg, ∂γ = Σ g·x̂, ∂x = γ/√(σ² + ε) · (g − ∂β/m − x̂·∂γ/m).
  kernel<BatchNormBackwardInputs, BatchNormAttributes>(
    FLAMBEAU_KERNELS.batchNormBackward,
    ({ inputs, attrs, backend }) => {
      const { gradOutput, input, mean, variance, weight } = inputs;
      const layout = layoutOf(input.shape);
      const { batch, channels, inner } = layout;
      const cost = batch * channels * inner * COST.batchNorm;
      const gradInput = backend.output(input.shape, 'float32');
      const gradWeight = backend.output([channels], 'float32');
      const gradBias = backend.output([channels], 'float32');
      const [grad, from, means, variances] = [
        backend.pointer(gradOutput),
        backend.pointer(input),
        backend.pointer(mean),
        backend.pointer(variance),
      ];
      if (weight) backend.pointer(weight);
      const factor = backend.heap.scratch(channels * 12);
      const offset = factor + channels * 4;
      const scale = offset + channels * 4;
      backend.run('channelGradientSums', backend.split(channels, cost, channelGrain(layout)), [
        ...([grad, from, means, variances, backend.pointer(gradWeight), backend.pointer(gradBias)] as const),
        ...([batch, channels, inner, attrs.eps, 0, channels] as const),
      ]);

      const { f32 } = backend.heap;
      const spread = backend.values<Float32Array>(variance);
      const weights = weight && backend.values<Float32Array>(weight);
      const sums = backend.values<Float32Array>(gradBias);
      const products = backend.values<Float32Array>(gradWeight);
      const count = batch * inner;
      for (let c = 0; c < channels; c++) {
        const inverse = 1 / Math.sqrt(spread[c]! + attrs.eps);
        const gain = (weights ? weights[c]! : 1) * inverse;
        f32[scale / 4 + c] = gain;
        f32[offset / 4 + c] = sums[c]! / count;
        f32[factor / 4 + c] = (gain * inverse * products[c]!) / count;
      }
      backend.run('normalizeBackward', backend.split(batch, cost, Math.ceil(CACHE_LINE / (channels * inner))), [
        ...([grad, from, means, factor, offset, scale, backend.pointer(gradInput)] as const),
        ...([channels, inner, 0, batch] as const),
      ]);
      return [gradInput, gradWeight, gradBias];
    },
  ),
];
