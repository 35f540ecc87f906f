import { Generator } from '@flambeau/core';
import { describe, expect, it } from 'vitest';
import { fitBlend } from '../../src/index.ts';

const n = 4000;
const generator = new Generator().manualSeed(1);
const good = generator.normal(new Float32Array(n), 0, 2);
const noise = generator.normal(new Float32Array(n), 0, 50);
const chance = generator.uniform(new Float32Array(n));
const labels = good.map((logit, i) => Number(chance[i]! < 1 / (1 + Math.exp(-logit - 0.5))));

describe('the blend', () => {
  it('finds how the labels were drawn', () => {
    const { cnn, wide, bias } = fitBlend(good, noise, labels);
    expect(Math.abs(cnn - 1)).toBeLessThan(0.15);
    expect(Math.abs(wide)).toBeLessThan(0.01);
    expect(Math.abs(bias - 0.5)).toBeLessThan(0.15);
  });

  it('puts trust in whichever branch deserves it', () => {
    const { cnn, wide } = fitBlend(noise, good, labels);
    expect(Math.abs(cnn)).toBeLessThan(0.01);
    expect(Math.abs(wide - 1)).toBeLessThan(0.15);
  });

  it('stays finite where the held-out texts are all told apart', () => {
    const blend = fitBlend([-9, 9], [-1, 1], [0, 1]);
    expect(Object.values(blend).every(Number.isFinite)).toBe(true);
    expect(blend.cnn).toBeGreaterThan(0);
  });

  it('wants held-out texts', () => {
    expect(() => fitBlend([], [], [])).toThrow('expected held-out texts to choose the blend on, got none');
  });
});
