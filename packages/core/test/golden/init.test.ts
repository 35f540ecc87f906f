import { beforeAll, describe, expect, it } from 'vitest';
import { setDefaultBackend } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';
import * as init from '../../src/init/index.ts';
import { camelCase } from './comparison.ts';
import { initCases, makeInitial } from './families/init.ts';

describe('initialisation has the bits of PyTorch', () => {
  beforeAll(async () => {
    setDefaultBackend(await createBackend('cpu'));
  });

  // An orthogonal matrix comes of a decomposition, which is as exact as its order of sums: it is held to 1e-5 instead.
  const exact = initCases.filter(({ config }) => config.kind !== 'gains' && config.function !== 'orthogonal');
  it.each(exact.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    expect(await makeInitial(golden)).toEqual(golden.tensors);
  });

  it('the gains of the non-linearities', () => {
    const { gains, leaky_relu_0_2 } = initCases.find(({ name }) => name === 'gains')!.config;
    for (const [name, gain] of Object.entries(gains)) {
      expect(init.calculateGain(camelCase(name) as init.Nonlinearity), name).toBe(gain);
    }
    expect(init.calculateGain('leakyRelu', 0.2)).toBe(leaky_relu_0_2);
  });

  it('refuses an orthogonal vector', () => {
    expect(() => init.orthogonal()([3])).toThrow('at least 2 dimensions');
  });
});
