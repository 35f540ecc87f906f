import { describe, expect, it } from 'vitest';
import { inverseSigmoidTeacherForcing, linearTeacherForcing } from '../../src/index.ts';

describe('teacher forcing', () => {
  it('falls evenly and stays', () => {
    const schedule = linearTeacherForcing({ from: 0.9, to: 0.5, steps: 100 });
    expect([0, 50, 100, 1000].map(schedule)).toEqual([0.9, 0.7, 0.5, 0.5]);
  });

  it('falls as an inverse sigmoid', () => {
    const schedule = inverseSigmoidTeacherForcing(100);
    expect(schedule(0)).toBeCloseTo(100 / 101, 12);
    expect(schedule(100 * Math.log(100))).toBeCloseTo(0.5, 12);
    expect(schedule(10_000)).toBeLessThan(1e-40);
  });

  it('refuses shares that are none', () => {
    expect(() => linearTeacherForcing({ to: 1.5, steps: 10 })).toThrow('from 0 to 1, got 1.5');
    expect(() => linearTeacherForcing({ to: 0.5, steps: 0 })).toThrow('expected steps above 0, got 0');
    expect(() => inverseSigmoidTeacherForcing(0)).toThrow('expected k of at least 1, got 0');
  });
});
