import { describe, expect, it } from 'vitest';
import { centredRange, colorize, valueRange } from '../../src/images/colorMap.ts';

describe('colorize', () => {
  it('draws grey from black at the lowest to white at the highest value', () => {
    expect([...colorize([0, 0.5, 1], 3, 1).data]).toEqual([0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
  });

  it('clamps to the given range', () => {
    const { data } = colorize([-5, 5], 2, 1, { range: { low: 0, high: 1 } });
    expect([...data]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
  });

  it('diverges around 0: blue below, near white at 0, red above, as far either way', () => {
    const { data } = colorize([-2, 0, 1, 2], 4, 1, { colorMap: 'diverging' });
    const [negative, zero, , positive] = [0, 4, 8, 12].map((start) => [...data.subarray(start, start + 3)]);
    expect(negative![2]).toBeGreaterThan(negative![0]! + 50);
    expect(positive![0]).toBeGreaterThan(positive![2]! + 50);
    for (const channel of zero!) expect(channel).toBeGreaterThan(230);
  });

  it('grows lighter with the value in inferno', () => {
    const { data } = colorize([0, 1, 2, 3, 4], 5, 1, { colorMap: 'inferno' });
    const lightness = Array.from(
      { length: 5 },
      (_, i) => 0.3 * data[4 * i]! + 0.59 * data[4 * i + 1]! + 0.11 * data[4 * i + 2]!,
    );
    expect(lightness).toEqual([...lightness].sort((a, b) => a - b));
  });

  it('draws values without extent in the first colour, or the middle one where it diverges', () => {
    expect([...colorize([3, 3], 2, 1).data.subarray(0, 3)]).toEqual([0, 0, 0]);
    const [red] = colorize([0], 1, 1, { colorMap: 'diverging' }).data;
    expect(red).toBeGreaterThan(230);
  });

  it('leaves what is not a number transparent', () => {
    expect([...colorize([Number.NaN, 1], 2, 1).data.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  });

  it('refuses values that do not fill the image', () => {
    expect(() => colorize([1, 2, 3], 2, 2)).toThrow('2×2 pixels need 4 values, got 3');
  });
});

describe('ranges', () => {
  it('skip what is not finite', () => {
    expect(valueRange([1, Number.NaN, -2, Number.POSITIVE_INFINITY])).toEqual({ low: -2, high: 1 });
    expect(valueRange([])).toEqual({ low: 0, high: 0 });
  });

  it('centred at 0 reach the farthest value', () => {
    expect(centredRange([-3, 2])).toEqual({ low: -3, high: 3 });
  });
});
