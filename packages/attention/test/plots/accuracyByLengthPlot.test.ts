import { accuracyByLengthPlot, type LengthAccuracy } from '@flambeau/attention';
import { describe, expect, it } from 'vitest';

const point = (length: number, sequenceAccuracy: number, count = 100): LengthAccuracy => ({
  from: length,
  to: length,
  count,
  sequenceAccuracy,
  tokenAccuracy: Math.sqrt(sequenceAccuracy),
});
const series = [
  { name: 'attention', points: [point(5, 1), point(15, 0.99), point(30, 0.98)] },
  { name: 'no attention', points: [point(5, 0.9), point(15, 0.3), point(30, 0)] },
];

/** The markers' places, by what they say. */
const markers = (svg: string) =>
  [...svg.matchAll(/translate\(([\d.]+) ([\d.]+)\)"><title>([^<]+)</g)].map(([, x, y, title]) => ({
    x: Number(x),
    y: Number(y),
    title,
  }));

describe('accuracyByLengthPlot', () => {
  it('has a line for each model, a marker for each length, longer ones to the right, better ones above', () => {
    const found = markers(accuracyByLengthPlot(series));
    expect(found.map(({ title }) => title)).toEqual([
      'attention, length 5: 100.0% of 100',
      'attention, length 15: 99.0% of 100',
      'attention, length 30: 98.0% of 100',
      'no attention, length 5: 90.0% of 100',
      'no attention, length 15: 30.0% of 100',
      'no attention, length 30: 0.0% of 100',
    ]);
    expect(found[0]!.x).toBeLessThan(found[1]!.x);
    expect(found[1]!.x).toBe(found[4]!.x);
    expect(found[4]!.y).toBeGreaterThan(found[1]!.y);
    // From 0% to 100%, whatever the values: a small difference must not look large.
    const heightOf = (share: number) => found[5]!.y + (found[0]!.y - found[5]!.y) * share;
    expect(found[4]!.y).toBeCloseTo(heightOf(0.3), 1);
  });

  it('names the models at the end of their lines, apart even where these meet', () => {
    const same = [series[0]!, { ...series[0]!, name: 'the same' }];
    const svg = accuracyByLengthPlot(same);
    const places = [...svg.matchAll(/y="([\d.]+)"[^>]*font-weight="600">(attention|the same)</g)].map(([, y]) =>
      Number(y),
    );
    expect(Math.abs(places[0]! - places[1]!)).toBeGreaterThanOrEqual(30);
  });

  it('draws tokens, too, and ranges of lengths', () => {
    const svg = accuracyByLengthPlot([{ name: 'a', points: [{ ...point(5, 0.25), to: 9 }] }], {
      measure: 'tokenAccuracy',
    });
    expect(svg).toContain('Tokens right');
    expect(svg).toContain('a, lengths 5 to 9: 50.0% of 100');
  });

  it('says in words what it shows', () => {
    expect(accuracyByLengthPlot(series)).toContain(
      'no attention: length 5 90.0%, length 15 30.0%, length 30 0.0%.</desc>',
    );
  });

  it('refuses to draw nothing', () => {
    expect(() => accuracyByLengthPlot([{ name: 'a', points: [] }])).toThrow('expected one or more series with points');
  });
});
