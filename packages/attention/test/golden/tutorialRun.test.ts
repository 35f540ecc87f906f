import { type Backend, type HostArray, manualSeed, type optim, tidy, toHost, valueAndGrad } from '@flambeau/core';
import { expect, it } from 'vitest';
import { expectClose } from '../../../core/test/golden/closeTo.ts';
import type { GoldenCase } from '../../../core/test/golden/load.ts';
import { onBackends } from '../../../core/test/golden/onBackends.ts';
import {
  collatePairs,
  createPairLoader,
  createSeq2Seq,
  type Seq2SeqBatch,
  type TokenPair,
  translation,
  translationRecipes,
} from '../../src/index.ts';
import { recordedCases } from './recordings.ts';

/* The run of PyTorch's tutorial that tutorial_run.py has recorded. */
interface Config {
  words: number;
  losses: number[];
  losses_with_dropout: number[];
  step: number;
  loss: number;
  loss_after: number;
}

const cases = new Map(recordedCases<Config>('tutorial_run').map((golden) => [golden.name, golden]));
const notes = translationRecipes.notes!;

/** TensorFlow.js's plain `cpu` backend takes seconds a step: one shows that it agrees. */
const stepsOn = ({ name }: Backend, steps: number) => (name === 'cpu' ? 1 : steps);

/** The recorded pairs: rows of ids, their end, and filling. */
function pairsOf(golden: GoldenCase<Config>): TokenPair[] {
  const rows = ({ shape, data }: HostArray<'uint8'>) =>
    Array.from({ length: shape[0]! }, (_, row) => {
      const ids = [...data.subarray(row * shape[1]!, (row + 1) * shape[1]!)];
      return ids.slice(0, ids.indexOf(1));
    });
  const [sources, targets] = [rows(golden.tensor('source', 'uint8')), rows(golden.tensor('target', 'uint8'))];
  return sources.map((source, i) => ({ source, target: targets[i]! }));
}

function setUp(golden: GoldenCase<Config>, model: Partial<typeof notes.model>) {
  const { words } = golden.config;
  const net = createSeq2Seq({ ...notes.model, ...model }, { source: words, target: words });
  const optimizer = notes.createOptimizer(net.parameters(), { lr: notes.learningRate });
  return { net, optimizer, objective: translation(net) };
}

onBackends("PyTorch's tutorial", (backend) => {
  it.each([
    ['without dropout', 0, 'losses'],
    ['with its dropout', 0.1, 'losses_with_dropout'],
  ] as const)('gives the same first losses from the same seed, %s', async (_, dropout, which) => {
    const golden = cases.get('first')!;
    manualSeed(0);
    const { optimizer, objective } = setUp(golden, { dropout });
    const { batchSize, fillTo } = notes;
    const loader = createPairLoader(pairsOf(golden), { batchSize, fillTo, shuffle: true });
    const steps = stepsOn(backend(), golden.config[which].length);
    let step = 0;
    for await (const batch of loader) {
      const { loss } = optimizer.minimize(() => objective.forward(batch));
      const difference = Math.abs((await loss.data())[0]! - golden.config[which][step]!);
      expect(difference, `loss of step ${step}`).toBeLessThanOrEqual(1e-5);
      loss.dispose();
      if (++step === steps) break;
    }
    expect(step).toBe(steps);
  });

  it('restarted at step 200, gives the same loss, gradients and next loss', async () => {
    const golden = cases.get('step 200')!;
    const { net, optimizer, objective } = setUp(golden, { dropout: 0, hiddenSize: 32 });
    const names = [...net.namedParameters().keys()];
    net.loadStateDict(Object.fromEntries(names.map((name) => [name, golden.tensor(`parameters/${name}`)])));
    const batch = onDevice(backend(), pairsOf(golden));

    const { value, grads } = valueAndGrad(() => objective.forward(batch), net.parameters());
    expect(Math.abs((await value.loss.data())[0]! - golden.config.loss), 'loss').toBeLessThanOrEqual(1e-5);
    for (const [i, name] of names.entries()) {
      // The softmax cancels the bias of the scores: its gradient is 0, in PyTorch up to rounding.
      if (name.endsWith('Va.bias')) continue;
      expectClose(await toHost(grads[i]!), golden.tensor(`gradients/${name}`), `gradient of ${name}`);
    }

    await restore(optimizer, golden, names);
    optimizer.minimize(() => objective.forward(batch));
    const { loss: after } = tidy(() => objective.forward(batch) as never) as { loss: typeof value.loss };
    expect(Math.abs((await after.data())[0]! - golden.config.loss_after), 'next loss').toBeLessThanOrEqual(1e-5);
  });
});

function onDevice(backend: Backend, pairs: readonly TokenPair[]): Seq2SeqBatch {
  const { source, input, target, tokens } = collatePairs(pairs, { fillTo: notes.fillTo });
  const tensor = (array: HostArray) => backend.tensor(array);
  return { source: tensor(source), sourceLengths: null, input: tensor(input), target: tensor(target), tokens };
}

/** Puts an optimizer where PyTorch's two Adams were before the recorded step. */
async function restore(
  optimizer: optim.Optimizer,
  golden: GoldenCase<Config>,
  names: readonly string[],
): Promise<void> {
  const { groups } = await optimizer.stateDict();
  optimizer.loadStateDict({
    groups,
    parameters: names.map((name) => ({
      step: golden.config.step,
      buffers: { expAvg: golden.tensor(`exp_avg/${name}`), expAvgSq: golden.tensor(`exp_avg_sq/${name}`) },
    })),
  });
}
