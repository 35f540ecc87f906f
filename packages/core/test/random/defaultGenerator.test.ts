import { expect, it } from 'vitest';
import { defaultGenerator, manualSeed } from '../../src/random/defaultGenerator.ts';
import { Generator } from '../../src/random/generator.ts';

it('manualSeed seeds the default generator and returns it, as torch.manual_seed', () => {
  expect(manualSeed(42)).toBe(defaultGenerator);
  expect(defaultGenerator.uniform(new Float32Array(3))).toEqual(
    new Generator().manualSeed(42).uniform(new Float32Array(3)),
  );
});
