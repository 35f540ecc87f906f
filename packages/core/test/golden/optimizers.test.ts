import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { toHost } from '../../src/backend/backend.ts';
import { Adam, RMSprop, SGD } from '../../src/optim/index.ts';
import { expectClose } from './closeTo.ts';
import {
  atStep,
  initialParameters,
  optimizerCases,
  optimizerOf,
  PARAMETERS,
  steps,
  train,
} from './families/optimizers.ts';
import { onBackends } from './onBackends.ts';

onBackends('optimizers', (backend) => {
  it.each(['Adam, weight decay', 'AdamW', 'SGD, momentum, dampening', 'RMSprop, everything', 'SGD, groups'])(
    '%s goes on from its saved state as if it had not stopped',
    async (name) => {
      const golden = optimizerCases.find((other) => other.name === name)!;
      const parameters = initialParameters(backend());
      const first = optimizerOf(golden.config, parameters);
      await train(backend(), golden, first, parameters, [0, 4]);
      // Another learning rate: the state brings the right one.
      const options = { ...golden.config.options, lr: 0.7 };
      const second = optimizerOf({ ...golden.config, options }, parameters);
      const state = await first.stateDict();
      second.loadStateDict({ ...state, groups: JSON.parse(JSON.stringify(state.groups)) });
      first.dispose();
      await train(backend(), golden, second, parameters, [4, steps]);
      for (const [i, parameter] of PARAMETERS.entries()) {
        expectClose(await toHost(parameters[i]!), atStep(golden.tensor(parameter), steps - 1), parameter);
      }
    },
  );

  it('gradients of several losses add up to one step, and leave no tensor', async () => {
    const sum = (parameter: tf.Tensor, by: number) => () => tf.mul(tf.sum(parameter), by);
    const [once, parts] = [initialParameters(backend()), initialParameters(backend())];
    const options = { lr: 0.1, momentum: 0.9 };
    const [whole, halves] = [new SGD(once, options), new SGD(parts, options)];
    const before = tf.memory().numTensors;
    tf.tidy(() => void whole.minimize(sum(once[0]!, 3)));
    tf.tidy(() => void halves.accumulate(sum(parts[0]!, 1)));
    tf.tidy(() => void halves.accumulate(sum(parts[0]!, 2)));
    expect(halves.gradients.map((gradient) => gradient === null)).toEqual([false, true, true]);
    halves.step();
    expect(halves.gradients).toEqual([null, null, null]);
    expectClose(await toHost(parts[0]!), await toHost(once[0]!), 'after one step');
    // One momentum buffer each.
    expect(tf.memory().numTensors - before).toBe(2);
  });

  it('transforms the gradients of a step: a norm clipped to 0 moves nothing', async () => {
    const parameters = initialParameters(backend());
    const values = await toHost(parameters[0]!);
    const optimizer = new SGD(parameters, { lr: 1 });
    const { clipGradNorm } = await import('../../src/optim/index.ts');
    optimizer.minimize(() => tf.sum(parameters[0]!), { transformGradients: (g) => clipGradNorm(g, 0).gradients });
    expect(await toHost(parameters[0]!)).toEqual(values);
  });

  it('refuses options that PyTorch refuses', () => {
    const parameters = initialParameters(backend());
    for (const options of [{ lr: -1 }, { eps: -1 }, { betas: [1, 0.9] as const }, { weightDecay: -1 }]) {
      expect(() => new Adam(parameters, options), JSON.stringify(options)).toThrow(RangeError);
      expect(() => new Adam([{ params: parameters, ...options }]), JSON.stringify(options)).toThrow(RangeError);
    }
    for (const options of [{ momentum: -1 }, { nesterov: true }, { nesterov: true, momentum: 0.9, dampening: 0.1 }]) {
      expect(() => new SGD(parameters, options), JSON.stringify(options)).toThrow(RangeError);
    }
    expect(() => new RMSprop(parameters, { alpha: -1 })).toThrow(RangeError);
    expect(() => new SGD([])).toThrow('at least one parameter');
    expect(() => new SGD([{ params: parameters }, { params: [parameters[0]!] }])).toThrow('one group only');
  });
});
