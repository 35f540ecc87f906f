import { beforeAll, describe, expect, it } from 'vitest';
import { setDefaultBackend } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';
import { Parameter } from '../../src/nn/parameter.ts';
import { OneCycleLR, SGD } from '../../src/optim/index.ts';
import { hostArray } from '../../src/tensor/hostArray.ts';
import { oneCycleCases, setUpOneCycle } from './families/schedulers.ts';

describe('OneCycleLR', () => {
  beforeAll(async () => {
    setDefaultBackend(await createBackend('cpu'));
  });

  it('goes on from its saved state', () => {
    const { config } = oneCycleCases.find(({ name }) => name === 'three phases')!;
    const first = setUpOneCycle(config);
    for (let step = 0; step < 20; step++) first.scheduler.step();
    const second = setUpOneCycle(config);
    second.scheduler.loadStateDict(first.scheduler.stateDict());
    expect(second.optimizer.lr).toBeCloseTo(config.lrs[20]!, 15);
    second.scheduler.step();
    expect(second.optimizer.lr).toBeCloseTo(config.lrs[21]!, 15);
  });

  it('moves every group, each to its own height', () => {
    const group = () => ({ params: [new Parameter(hostArray('float32', [1], new Float32Array(1)))] });
    const optimizer = new SGD([group(), group()], { lr: 0.1, momentum: 0.9 });
    const scheduler = new OneCycleLR(optimizer, { maxLr: [1, 0.1], totalSteps: 10 });
    for (let step = 0; step < 9; step++) {
      expect(optimizer.paramGroups[0]!.lr / optimizer.paramGroups[1]!.lr).toBeCloseTo(10, 10);
      scheduler.step();
    }
    expect(() => new OneCycleLR(optimizer, { maxLr: [1, 2, 3], totalSteps: 10 })).toThrow('expected 2 maxLr, got 3');
  });

  it('refuses to go beyond its end, and what PyTorch refuses', () => {
    const { config } = oneCycleCases.find(({ name }) => name === 'few steps')!;
    const { optimizer, scheduler } = setUpOneCycle(config);
    for (let step = 0; step < 5; step++) scheduler.step();
    expect(() => scheduler.step()).toThrow('beyond the cycle');
    expect(() => new OneCycleLR(optimizer, { maxLr: 1 })).toThrow('totalSteps');
    expect(() => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 5, pctStart: 1.1 })).toThrow('pctStart');
    const plain = new SGD([new Parameter(hostArray('float32', [1], new Float32Array(1)))], { lr: 0.1 });
    expect(() => new OneCycleLR(plain, { maxLr: 1, totalSteps: 5 })).toThrow('cycleMomentum');
  });
});
