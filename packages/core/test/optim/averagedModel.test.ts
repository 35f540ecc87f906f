import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  defaultGenerator,
  functional as F,
  type HostArray,
  hostArray,
  manualSeed,
  nn,
  optim,
  type Tensor,
  tidy,
  toHost,
} from '../../src/index.ts';
import { expectClose } from '../golden/closeTo.ts';
import { type GoldenCase, loadGolden } from '../golden/load.ts';
import { onBackends } from '../golden/onBackends.ts';

interface Config {
  kind: 'ema' | 'swa' | 'default';
  use_buffers: boolean;
  decay: number | null;
  steps: number;
}

const make = () => new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.Linear(4, 2));
const cases = loadGolden<Config>('averaged_model');

/** The tensors of a recorded state, by their keys. */
const state = (golden: GoldenCase<Config>, prefix: string): Record<string, HostArray> =>
  Object.fromEntries(
    [...golden.tensors].flatMap(([key, values]) =>
      key.startsWith(`${prefix}/`) ? [[key.slice(prefix.length + 1), values] as const] : [],
    ),
  );

const averageOf = (model: ReturnType<typeof make>, { kind, decay, use_buffers: useBuffers }: Config) =>
  new optim.AveragedModel(model, {
    copy: make,
    useBuffers,
    ...(kind === 'ema' && { multiAvgFn: optim.getEmaMultiAvgFn(decay!) }),
    ...(kind === 'swa' && { multiAvgFn: optim.getSwaMultiAvgFn() }),
  });

onBackends('AveragedModel', (backend) => {
  it.each(cases.map((golden) => [golden.name, golden] as const))("is PyTorch's: %s", async (_, golden) => {
    manualSeed(0);
    const model = make();
    const drawn = defaultGenerator.getState();
    const averaged = averageOf(model, golden.config);
    expect(defaultGenerator.getState(), 'copying draws nothing').toEqual(drawn);
    const compare = async (prefix: string) => {
      const [found, recorded] = [await averaged.stateDict(), state(golden, prefix)];
      expect(Object.keys(found).sort()).toEqual(Object.keys(recorded).sort());
      for (const [key, values] of Object.entries(recorded)) {
        if (values.dtype === 'int64') expect(found[key], `${prefix}: ${key}`).toEqual(values);
        else expectClose(found[key]!, values, `${prefix}: ${key}`);
      }
    };
    await compare('start');
    for (let step = 0; step < golden.config.steps; step++) {
      model.loadStateDict(state(golden, `model${step}`));
      averaged.updateParameters(model);
      await compare(`averaged${step}`);
    }
    const inputs = golden.tensor('inputs');
    const first = hostArray('float32', [6, 3], inputs.data.slice(0, 18));
    const output = tidy(() => averaged.eval().forward(backend().tensor(first)) as Tensor);
    expectClose(await toHost(output), golden.tensor('output'), 'output');
    for (const owner of [output, averaged, model]) owner.dispose();
  });

  it('stays as it is while the model is trained on, and leaves nothing behind', async () => {
    const model = make();
    const averaged = averageOf(model, { kind: 'ema', decay: 0.5, use_buffers: true, steps: 0 });
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    const x = backend().tensor(
      hostArray(
        'float32',
        [4, 3],
        Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)),
      ),
    );
    const y = backend().tensor(hostArray('int32', [4], Int32Array.of(0, 1, 0, 1)));
    const step = () => optimizer.minimize(() => F.crossEntropy(model.forward(x), y)).dispose();
    step();
    averaged.updateParameters(model);
    const before = await averaged.stateDict();
    step();
    expect(await averaged.stateDict()).toEqual(before);
    averaged.updateParameters(model);
    const { numTensors, numBytes } = tf.memory();
    for (let i = 0; i < 3; i++) {
      step();
      averaged.updateParameters(model);
    }
    expect([tf.memory().numTensors, tf.memory().numBytes]).toEqual([numTensors, numBytes]);
    const [own, theirs] = [(await averaged.stateDict())['module.0.weight']!, (await model.stateDict())['0.weight']!];
    expect(own.data).not.toEqual(theirs.data);
    for (const owner of [averaged, optimizer, model, x, y]) owner.dispose();
  });

  it('goes on exactly from its state dict', async () => {
    const golden = cases.find(({ name }) => name === 'ema, buffers too')!;
    const model = make();
    const [whole, cut, rest] = [0, 1, 2].map(() => averageOf(model, golden.config));
    for (let step = 0; step < golden.config.steps; step++) {
      model.loadStateDict(state(golden, `model${step}`));
      whole!.updateParameters(model);
      if (step < 2) cut!.updateParameters(model);
      if (step === 1) rest!.loadStateDict(await cut!.stateDict());
      if (step >= 2) rest!.updateParameters(model);
    }
    expect(await rest!.stateDict()).toEqual(await whole!.stateDict());
    for (const owner of [whole, cut, rest, model]) owner!.dispose();
  });

  describe('refuses', () => {
    it('a copy that is another kind of model', () => {
      const model = new nn.Linear(2, 3);
      expect(() => new optim.AveragedModel(model, { copy: () => new nn.Linear(2, 4) })).toThrow(
        'AveragedModel: weight is [4, 2] in the average and [3, 2] in the model',
      );
      expect(() => new optim.AveragedModel(model, { copy: () => new nn.Linear(2, 3, { bias: false }) })).toThrow(
        'AveragedModel: bias is nothing in the average and [3] in the model',
      );
    });

    it('a decay that is no fraction', () => {
      expect(() => optim.getEmaMultiAvgFn(1.1)).toThrow('getEmaMultiAvgFn: expected a decay between 0 and 1, got 1.1');
    });
  });
});
