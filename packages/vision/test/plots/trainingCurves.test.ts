import { describe, expect, it } from 'vitest';
import { trainingCurves } from '../../src/plots/trainingCurves.ts';

const history = [
  { epoch: 0, trainLoss: 0.61, trainAccuracy: 0.7712, testLoss: 0.5, testAccuracy: 0.8123 },
  { epoch: 1, trainLoss: 0.42, trainAccuracy: 0.8456, testLoss: 0.4321, testAccuracy: 0.8399 },
  { epoch: 2, trainLoss: 0.38, trainAccuracy: 0.8601, testLoss: 0.41, testAccuracy: 0.8517 },
];

/** Heights of the markers of one curve, by the titles that stand in them. */
function heights(svg: string, curve: string, format: RegExp): number[] {
  const marker = new RegExp(`translate\\([\\d.]+ ([\\d.]+)\\)"><title>${curve}, epoch \\d+: ${format.source}<`, 'g');
  return [...svg.matchAll(marker)].map(([, y]) => Number(y));
}

describe('trainingCurves', () => {
  const svg = trainingCurves(history, { title: 'FashionMNIST', subtitle: 'seed <0>' });

  it('names every value, so that nothing displayed is unheard of', () => {
    for (const text of [
      'train, epoch 0: 0.610',
      'test, epoch 1: 0.432',
      'train, epoch 2: 86.01%',
      'test, epoch 0: 81.23%',
    ]) {
      expect(svg).toContain(`<title>${text}</title>`);
    }
    expect(svg).toContain('seed &lt;0&gt;');
    expect(svg).toContain('Accuracy, test: 81.23% to 85.17% from epoch 0 to 2.');
  });

  it('draws higher values higher up, in proportion', () => {
    const [first, second, third] = heights(svg, 'train', /[\d.]+%/) as [number, number, number];
    expect(first).toBeGreaterThan(second);
    expect((first - second) / (second - third)).toBeCloseTo((0.8456 - 0.7712) / (0.8601 - 0.8456), 1);
  });

  it('labels epochs with whole numbers only', () => {
    const ticks = [...svg.matchAll(/text-anchor="middle" fill="#57606a">([^<]+)</g)].map(([, text]) => text);
    expect(ticks).toEqual(['0', '1', '2', 'epoch', '0', '1', '2', 'epoch']);
  });

  it('draws one epoch, and a run that was not tested', () => {
    const [{ testLoss, testAccuracy, ...untested }] = history as [(typeof history)[number]];
    const lonely = trainingCurves([untested]);
    expect(lonely).toContain('train, epoch 0: 0.610');
    expect(lonely).not.toContain('test, epoch');
    expect(lonely).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('leaves out a loss that is not finite', () => {
    expect(trainingCurves([{ epoch: 0, trainLoss: Number.NaN, trainAccuracy: 0.1 }])).not.toContain('NaN');
  });

  it('refuses no epochs', () => {
    expect(() => trainingCurves([])).toThrow('expected at least one epoch, got none');
  });
});
