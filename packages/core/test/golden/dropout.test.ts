import { expect, it } from 'vitest';
import * as F from '../../src/functional/index.ts';
import { defaultGenerator, manualSeed } from '../../src/random/defaultGenerator.ts';
import { Generator } from '../../src/random/generator.ts';
import { expectGradients } from './gradients.ts';
import { loadGolden } from './load.ts';
import { onBackends } from './onBackends.ts';

const cases = loadGolden<{ seed: number; p: number; training: boolean }>('dropout');

onBackends('dropout', (backend) => {
  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const { seed, p, training } = golden.config;
    manualSeed(seed);
    await expectGradients(backend(), golden, ['input'], ({ input }) => F.dropout(input!, { p, training }));
    expect(defaultGenerator.uniform(new Float32Array(3)), 'what the generator gives next').toEqual(
      golden.tensor('next_uniform').data,
    );
  });

  it('draws from the generator that it is given', async () => {
    const golden = cases.find(({ name }) => name === 'p 0.5')!;
    const generator = new Generator().manualSeed(golden.config.seed);
    const untouched = defaultGenerator.getState();
    await expectGradients(backend(), golden, ['input'], ({ input }) => F.dropout(input!, { p: 0.5, generator }));
    expect(defaultGenerator.getState()).toEqual(untouched);
  });
});
