import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type Backend, toHost } from '../../src/backend/backend.ts';
import { Parameter } from '../../src/nn/parameter.ts';
import { Adam, AdamW, type Optimizer, SGD } from '../../src/optim/index.ts';
import { type HostArray, hostArray } from '../../src/tensor/hostArray.ts';
import { expectClose } from './closeTo.ts';
import { type GoldenCase, loadGolden } from './load.ts';
import { onBackends } from './onBackends.ts';

interface Config {
  steps: number;
  kind: 'Adam' | 'AdamW' | 'SGD';
  options: {
    lr?: number;
    betas?: [number, number];
    eps?: number;
    weight_decay?: number;
    maximize?: boolean;
    momentum?: number;
    dampening?: number;
    nesterov?: boolean;
  };
  missing: [step: number, parameter: string][];
  lrs: number[] | null;
}

const PARAMETERS = ['matrix', 'vector', 'kernel'];

const [problem, ...cases] = loadGolden<Config>('optimizers');
const { steps } = problem!.config;

/** Row `step` of an array that holds one value a step. */
function atStep(array: HostArray<'float32'>, step: number): HostArray<'float32'> {
  const size = array.data.length / array.shape[0]!;
  return hostArray('float32', array.shape.slice(1), array.data.slice(step * size, (step + 1) * size));
}

function optimizerOf({ kind, options }: Config, parameters: Parameter[]): Optimizer {
  const { weight_decay: weightDecay, ...rest } = options;
  const Kind = { Adam, AdamW, SGD }[kind];
  return new Kind(parameters, { ...rest, weightDecay });
}

/** Takes the recorded steps from `from` to `to`, and calls `after` after each. */
async function train(
  backend: Backend,
  golden: GoldenCase<Config>,
  optimizer: Optimizer,
  parameters: Parameter[],
  [from, to]: [number, number],
  after: (step: number) => Promise<void>,
) {
  const { missing, lrs } = golden.config;
  for (let step = from; step < to; step++) {
    if (lrs !== null) optimizer.lr = lrs[step]!;
    tf.tidy(() => {
      optimizer.minimize(() => {
        const terms = PARAMETERS.flatMap((name, i) => {
          if (missing.some(([when, which]) => when === step && which === name)) return [];
          const gradient = backend.tensor(atStep(problem!.tensor(`${name}/gradients`), step));
          return [tf.sum(tf.mul(parameters[i]!, gradient))];
        });
        return tf.addN(terms);
      });
    });
    await after(step);
  }
}

const initial = (backend: Backend) =>
  PARAMETERS.map((name) => new Parameter(problem!.tensor(`${name}/initial`), { backend }));

onBackends('optimizers', (backend) => {
  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const parameters = initial(backend());
    const optimizer = optimizerOf(golden.config, parameters);
    await train(backend(), golden, optimizer, parameters, [0, steps], async (step) => {
      for (const [i, name] of PARAMETERS.entries()) {
        const expected = atStep(golden.tensor(name), step);
        expectClose(await toHost(parameters[i]!), expected, `${name} after step ${step}`);
      }
    });
  });

  it.each(['Adam, weight decay', 'AdamW', 'SGD, momentum, dampening'])(
    '%s goes on from its saved state as if it had not stopped',
    async (name) => {
      const golden = cases.find((other) => other.name === name)!;
      const parameters = initial(backend());
      const first = optimizerOf(golden.config, parameters);
      await train(backend(), golden, first, parameters, [0, 4], async () => {});
      const second = optimizerOf(golden.config, parameters);
      second.loadStateDict(await first.stateDict());
      first.dispose();
      await train(backend(), golden, second, parameters, [4, steps], async () => {});
      for (const [i, parameter] of PARAMETERS.entries()) {
        expectClose(await toHost(parameters[i]!), atStep(golden.tensor(parameter), steps - 1), parameter);
      }
    },
  );

  it('refuses options that PyTorch refuses', () => {
    const parameters = initial(backend());
    for (const options of [{ lr: -1 }, { eps: -1 }, { betas: [1, 0.9] as const }, { weightDecay: -1 }]) {
      expect(() => new Adam(parameters, options), JSON.stringify(options)).toThrow(RangeError);
    }
    for (const options of [{ momentum: -1 }, { nesterov: true }, { nesterov: true, momentum: 0.9, dampening: 0.1 }]) {
      expect(() => new SGD(parameters, options), JSON.stringify(options)).toThrow(RangeError);
    }
  });
});
