import * as tf from '@tensorflow/tfjs-core';
import { type Tensor, tidy, variable } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad } from '../../src/autograd/valueAndGrad.ts';
import { toHost } from '../../src/backend/backend.ts';
import * as F from '../../src/functional/index.ts';
import { BatchNorm1d, BatchNorm2d } from '../../src/nn/normalization.ts';
import { expectClose } from './closeTo.ts';
import { expectGradients } from './gradients.ts';
import { loadGolden } from './load.ts';
import { onBackends } from './onBackends.ts';

interface Config {
  kind: 'function' | 'module' | 'bias';
  training: boolean;
  running: boolean;
  momentum?: number | null;
  eps?: number;
  dimensions: 1 | 2;
  features: number;
  affine?: boolean;
  track_running_stats?: boolean;
}

const cases = loadGolden<Config>('batch_norm');
const ofKind = (kind: Config['kind']) =>
  cases.filter(({ config }) => config.kind === kind).map((golden) => [golden.name, golden] as const);

onBackends('batchNorm', (backend) => {
  describe('the function', () => {
    it.each(ofKind('function'))('%s', async (_, golden) => {
      const { training, running, momentum, eps } = golden.config;
      const statistic = (name: string) => (running ? variable(backend().tensor(golden.tensor(name)), false) : null);
      const [runningMean, runningVar] = [statistic('running_mean'), statistic('running_var')];
      await expectGradients(backend(), golden, ['input', 'weight', 'bias'], ({ input, weight, bias }) =>
        F.batchNorm(input!, runningMean, runningVar, { weight, bias, training, momentum: momentum!, eps }),
      );
      if (runningMean !== null && runningVar !== null) {
        expectClose(await toHost(runningMean), golden.tensor('updated_running_mean'), 'running mean');
        expectClose(await toHost(runningVar), golden.tensor('updated_running_var'), 'running variance');
      }
    });
  });

  describe('the module', () => {
    it.each(ofKind('module'))('%s', async (_, golden) => {
      const { dimensions, features, momentum, eps, affine, track_running_stats: trackRunningStats } = golden.config;
      const BatchNorm = dimensions === 1 ? BatchNorm1d : BatchNorm2d;
      const layer = new BatchNorm(features, { momentum, eps, affine, trackRunningStats, backend: backend() });
      const { tensors } = golden;
      const state = await layer.stateDict();
      for (const key of ['weight', 'bias']) if (tensors.has(key)) state[key] = golden.tensor(key);
      layer.loadStateDict(state);
      for (const step of [0, 1, 2, 3]) {
        layer.train(step < 3);
        const output = tidy(() => layer.forward(backend().tensor(golden.tensor(`input${step}`))));
        expectClose(await toHost(output), golden.tensor(`output${step}`), `output ${step}`);
        const now = await layer.stateDict();
        for (const key of ['running_mean', 'running_var']) {
          expect(key in now, `${key} in the state dict`).toBe(tensors.has(`${key}${step}`));
          if (key in now) expectClose(now[key]!, golden.tensor(`${key}${step}`), `${key} ${step}`);
        }
        if (tensors.has(`num_batches_tracked${step}`)) {
          expect(now.num_batches_tracked).toEqual(golden.tensor(`num_batches_tracked${step}`, 'int64'));
        }
      }
    });
  });

  it('a bias before batch norm gets no gradient: the mean takes it away again', async () => {
    const golden = cases.find(({ config }) => config.kind === 'bias')!;
    const given = (name: string) => backend().tensor(golden.tensor(name));
    const [input, weight, bias, scale, shift] = ['input', 'weight', 'bias', 'scale', 'shift'].map(given) as Tensor[];
    const forward = () =>
      F.batchNorm(F.linear(input!, weight!, bias), null, null, { weight: scale, bias: shift, training: true });
    expectClose(await toHost(tidy(forward)), golden.tensor('output'), 'output');
    const gradients = grad(() => tf.sum(tf.mul(forward(), given('grad_output'))), [weight!, bias!, scale!, shift!]);
    const [ofWeight, ofBias, ofScale, ofShift] = await Promise.all(gradients.map((gradient) => toHost(gradient!)));
    expectClose(ofWeight!, golden.tensor('grad_weight'), 'gradient of the weight');
    expectClose(ofScale!, golden.tensor('grad_scale'), 'gradient of the scale');
    expectClose(ofShift!, golden.tensor('grad_shift'), 'gradient of the shift');
    const largest = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));
    expect(largest(golden.tensor('grad_bias').data)).toBeLessThan(1e-12);
    expect(largest(ofBias!.data as Float32Array)).toBeLessThan(1e-6 * largest(ofWeight!.data as Float32Array));
  });

  it('refuses a batch of one value a channel in training', () => {
    const input = backend().tensor({ dtype: 'float32', shape: [1, 3], data: new Float32Array(3) });
    expect(() => F.batchNorm(input, null, null, { training: true })).toThrow('more than 1 value per channel');
  });
});
