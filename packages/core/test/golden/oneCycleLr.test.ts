import { beforeAll, describe, expect, it } from 'vitest';
import { setDefaultBackend } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';
import { Parameter } from '../../src/nn/parameter.ts';
import { Adam, OneCycleLR, SGD } from '../../src/optim/index.ts';
import { hostArray } from '../../src/tensor/hostArray.ts';
import { loadGolden } from './load.ts';

interface Config {
  optimizer: 'SGD' | 'Adam' | 'plain SGD';
  optimizer_options: { lr: number; momentum?: number };
  options: {
    max_lr: number;
    total_steps?: number;
    epochs?: number;
    steps_per_epoch?: number;
    pct_start?: number;
    anneal_strategy?: 'cos' | 'linear';
    cycle_momentum?: boolean;
    base_momentum?: number;
    max_momentum?: number;
    div_factor?: number;
    final_div_factor?: number;
    three_phase?: boolean;
  };
  lrs: number[];
  momenta: number[];
}

const cases = loadGolden<Config>('one_cycle_lr');

describe('OneCycleLR', () => {
  beforeAll(async () => {
    setDefaultBackend(await createBackend('cpu'));
  });

  const parameters = () => [new Parameter(hostArray('float32', [1], new Float32Array(1)))];

  function setUp({ optimizer: kind, optimizer_options, options }: Config) {
    const optimizer =
      kind === 'Adam' ? new Adam(parameters(), optimizer_options) : new SGD(parameters(), optimizer_options);
    const scheduler = new OneCycleLR(optimizer, {
      maxLr: options.max_lr,
      totalSteps: options.total_steps,
      epochs: options.epochs,
      stepsPerEpoch: options.steps_per_epoch,
      pctStart: options.pct_start,
      annealStrategy: options.anneal_strategy,
      cycleMomentum: options.cycle_momentum,
      baseMomentum: options.base_momentum,
      maxMomentum: options.max_momentum,
      divFactor: options.div_factor,
      finalDivFactor: options.final_div_factor,
      threePhase: options.three_phase,
    });
    const momentum = () =>
      optimizer instanceof Adam ? optimizer.paramGroups[0]!.betas[0] : optimizer.paramGroups[0]!.momentum;
    return { optimizer, scheduler, momentum };
  }

  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', (_, { config }) => {
    const { optimizer, scheduler, momentum } = setUp(config);
    for (const [step, lr] of config.lrs.entries()) {
      if (step > 0) scheduler.step();
      expect(optimizer.lr, `learning rate of step ${step}`).toBeCloseTo(lr, 15);
      expect(momentum(), `momentum of step ${step}`).toBeCloseTo(config.momenta[step]!, 14);
    }
  });

  it('goes on from its saved state', () => {
    const { config } = cases.find(({ name }) => name === 'three phases')!;
    const first = setUp(config);
    for (let step = 0; step < 20; step++) first.scheduler.step();
    const second = setUp(config);
    second.scheduler.loadStateDict(first.scheduler.stateDict());
    expect(second.optimizer.lr).toBeCloseTo(config.lrs[20]!, 15);
    second.scheduler.step();
    expect(second.optimizer.lr).toBeCloseTo(config.lrs[21]!, 15);
  });

  it('refuses to go beyond its end, and what PyTorch refuses', () => {
    const { config } = cases.find(({ name }) => name === 'few steps')!;
    const { optimizer, scheduler } = setUp(config);
    for (let step = 0; step < 5; step++) scheduler.step();
    expect(() => scheduler.step()).toThrow('beyond the cycle');
    expect(() => new OneCycleLR(optimizer, { maxLr: 1 })).toThrow('totalSteps');
    expect(() => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 5, pctStart: 1.1 })).toThrow('pctStart');
    const plain = new SGD(parameters(), { lr: 0.1 });
    expect(() => new OneCycleLR(plain, { maxLr: 1, totalSteps: 5 })).toThrow('cycleMomentum');
  });
});
