import { type Alignment, alignmentPlot } from '@flambeau/attention';
import { describe, expect, it } from 'vitest';

const alignment = (source: string[], target: string[], weights: number[]): Alignment => ({
  source,
  target,
  attention: { dtype: 'float32', shape: [target.length, source.length], data: Float32Array.from(weights) },
});
const small = alignment(['je', 'suis', '<eos>'], ['i', 'm'], [0.9, 0.08, 0.02, 0.25, 0.75, 0]);

/** Place and colour of each cell that says its weight. */
const cells = (svg: string) =>
  [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" [^>]*fill="([^"]+)"><title>([^<]+)<\/title>/g)].map(
    ([, x, y, fill, title]) => ({ x: Number(x), y: Number(y), fill, title }),
  );

function brightness(color: string): number {
  const channels = color.startsWith('#')
    ? [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
    : color.match(/\d+/g)!.map(Number);
  return channels.reduce((sum, channel) => sum + channel, 0);
}

describe('alignmentPlot', () => {
  it('has a column for each source token, a row for each target token, and a cell for each weight that can be seen', () => {
    const found = cells(alignmentPlot(small));
    expect(found.map(({ title }) => title)).toEqual([
      'i ← je: 90.0%',
      'i ← suis: 8.0%',
      'i ← &lt;eos&gt;: 2.0%',
      'm ← je: 25.0%',
      'm ← suis: 75.0%',
    ]);
    expect(found[0]!.y).toBe(found[2]!.y);
    expect(found[0]!.x).toBe(found[3]!.x);
    expect(found[1]!.x - found[0]!.x).toBeCloseTo(40);
    expect(found[3]!.y - found[0]!.y).toBeCloseTo(40);
  });

  it.each([
    ['light', 1],
    ['dark', -1],
  ] as const)('on a %s background, stands out more the larger the weight', (theme, sign) => {
    const shades = cells(alignmentPlot(small, { theme })).sort((a, b) => weight(a.title) - weight(b.title));
    const values = shades.map(({ fill }) => sign * brightness(fill!));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(new Set(values).size).toBe(values.length);
  });

  it('names the tokens on both axes, and leans those that are wider than a cell', () => {
    const svg = alignmentPlot(alignment(['a', 'b', 'c', 'd', 'extraordinaire'], ['x'], [0.2, 0.2, 0.2, 0.2, 0.2]));
    for (const token of ['a', 'b', 'extraordinaire', 'x']) expect(svg).toContain(`>${token}</text>`);
    expect(svg).toMatch(/rotate\(-45\)"[^>]*>extraordinaire</);
    expect(svg).not.toMatch(/rotate\(-45\)"[^>]*>a</);
    expect(alignmentPlot(small).match(/rotate\(-45\)/g)).toHaveLength(3);
  });

  it('says in words what it shows, for those who can’t see it', () => {
    const svg = alignmentPlot(small, { title: 'Test', subtitle: 'a & b' });
    expect(svg).toContain('<title>Test: a &amp; b</title>');
    expect(svg).toContain('Strongest weights: i from je (90.0%); m from suis (75.0%).');
  });

  it('is well-formed whatever the tokens are', () => {
    const svg = alignmentPlot(alignment(['<b>', '"&"'], ['\0\ud800', ' '], [1, 0, 0, 1]));
    expect(svg).toContain('&lt;b&gt;');
    expect(svg).toContain('"&amp;"'.replaceAll('"', '&quot;'));
    expect(svg).toContain('>\ufffd\ufffd<');
    expect(svg).toContain('>·</text>');
  });

  it('stays within a page and a few hundred kilobytes for 500 tokens', () => {
    const tokens = Array.from({ length: 500 }, (_, index) => `word${index}`);
    const weights = tokens.flatMap((_, row) => tokens.map((_, column) => (row === column ? 1 : 0)));
    const svg = alignmentPlot(alignment(tokens, tokens, weights));
    expect(Number(svg.match(/width="([\d.]+)"/)![1])).toBeLessThan(1800);
    expect(svg.length).toBeLessThan(300_000);
  });

  it('refuses weights of another shape, and no tokens at all', () => {
    const wrong = { ...small, target: ['i'] };
    expect(() => alignmentPlot(wrong)).toThrow(
      'alignmentPlot: expected attention [target, source] = [1, 3], both above 0, got [2, 3]',
    );
    expect(() => alignmentPlot(alignment([], [], []))).toThrow(RangeError);
  });
});

function weight(title: string | undefined): number {
  return Number(title!.match(/([\d.]+)%$/)![1]);
}
