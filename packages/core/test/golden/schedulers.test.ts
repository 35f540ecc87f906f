import { beforeAll, describe, expect, it } from 'vitest';
import { setDefaultBackend } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';
import { LinearLR, SequentialLR, StepLR } from '../../src/optim/index.ts';
import { schedulerCases, setUpScheduler, stepScheduler } from './families/schedulers.ts';

describe('schedulers', () => {
  beforeAll(async () => {
    setDefaultBackend(await createBackend('cpu'));
  });

  it.each(schedulerCases.map(({ name, config }) => [name, config] as const))(
    '%s goes on from its saved state',
    (_, config) => {
      const first = setUpScheduler(config);
      const steps = config.lrs.length - 1;
      const middle = Math.floor(steps / 2);
      stepScheduler(first, config, [0, middle]);
      const second = setUpScheduler(config);
      second.scheduler.loadStateDict(JSON.parse(JSON.stringify(first.scheduler.stateDict())));
      expect(stepScheduler(second, config, [middle, steps])).toEqual(stepScheduler(first, config, [middle, steps]));
    },
  );

  it('refuses what PyTorch refuses', () => {
    const { optimizer } = setUpScheduler(schedulerCases[0]!.config);
    expect(() => new StepLR(optimizer, 0)).toThrow('stepSize');
    expect(() => new LinearLR(optimizer, { startFactor: 0 })).toThrow('startFactor');
    expect(() => new LinearLR(optimizer, { endFactor: 1.5 })).toThrow('endFactor');
    expect(() => new SequentialLR(optimizer, [new StepLR(optimizer, 1)], [3])).toThrow('one milestone less');
  });
});
