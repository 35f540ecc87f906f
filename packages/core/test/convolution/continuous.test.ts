import { describe, expect, it } from 'vitest';
import { convolveContinuous } from '../../src/convolution/continuous.ts';

const box = (x: number) => (Math.abs(x) <= 0.5 ? 1 : 0);
const normal = (variance: number) => (x: number) =>
  Math.exp((-x * x) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);

describe('convolveContinuous', () => {
  it('two boxes make a triangle', () => {
    const triangle = convolveContinuous(box, box, { from: -0.5, to: 0.5 });
    for (const t of [-1.5, -1, -0.7, -0.25, 0, 0.1, 0.25, 0.6, 0.999, 1.2]) {
      expect(Math.abs(triangle(t) - Math.max(0, 1 - Math.abs(t))), `t = ${t}`).toBeLessThan(1e-9);
    }
  });

  it('two Gaussians make one whose variance is their sum', () => {
    const sum = convolveContinuous(normal(1), normal(0.5), { from: -12, to: 12 });
    for (const t of [-4, -1, 0, 0.3, 2.5]) expect(Math.abs(sum(t) - normal(1.5)(t))).toBeLessThan(1e-11);
  });

  it('two exponential decays make t·e⁻ᵗ', () => {
    const decay = (x: number) => (x < 0 ? 0 : Math.exp(-x));
    const both = convolveContinuous(decay, decay, { from: 0, to: 40 });
    for (const t of [0.1, 1, Math.PI, 10]) expect(Math.abs(both(t) - t * Math.exp(-t))).toBeLessThan(1e-9);
    expect(both(-1)).toBe(0);
  });

  it('cuts f off at the interval, and not g', () => {
    const halved = convolveContinuous(() => 1, box, { from: 0, to: 10 })(0);
    expect(Math.abs(halved - 0.5)).toBeLessThan(1e-9);
  });

  it.each([
    [{ from: 1, to: 1 }, 'the interval is from 1 to 1, expected two finite numbers, the smaller first'],
    [{ from: 0, to: Infinity }, 'the interval is from 0 to Infinity, expected two finite numbers, the smaller first'],
    [{ from: 0, to: 1, tolerance: 0 }, 'tolerance is 0, expected a positive number'],
  ])('refuses %o', (options, message) => {
    expect(() => convolveContinuous(box, box, options)).toThrow(message);
  });

  it('says so when the integrand is not finite or the tolerance is out of reach', () => {
    expect(() => convolveContinuous(() => Number.NaN, box, { from: 0, to: 1 })(0)).toThrow(/is NaN, expected a finite/);
    expect(() => convolveContinuous(box, box, { from: -0.5, to: 0.5, maxEvaluations: 300 })(0.3)).toThrow(
      /^after 300 evaluations the error at t = 0\.3 may be .*, expected at most the tolerance 1e-9$/,
    );
  });
});
