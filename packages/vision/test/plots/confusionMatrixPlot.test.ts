import { describe, expect, it } from 'vitest';
import { confusionMatrixPlot } from '../../src/plots/confusionMatrixPlot.ts';

describe('confusionMatrixPlot', () => {
  const svg = confusionMatrixPlot(
    [
      [90, 10],
      [1, 4],
    ],
    ['T-shirt/top', 'Bag & strap'],
    { subtitle: 'test set' },
  );

  it('shows every count with its share of the row', () => {
    for (const text of [
      '90 of 100 T-shirt/top taken for T-shirt/top (90.0%)',
      '10 of 100 T-shirt/top taken for Bag &amp; strap (10.0%)',
      '1 of 5 Bag &amp; strap taken for T-shirt/top (20.0%)',
      '4 of 5 Bag &amp; strap taken for Bag &amp; strap (80.0%)',
    ]) {
      expect(svg).toContain(text);
    }
  });

  it('shows what was found of each class, and the accuracy', () => {
    expect(svg).toContain('>90.0%<');
    expect(svg).toContain('>80.0%<');
    expect(svg).toContain('test set · 94 of 105 right (89.52%)');
    expect(svg).toContain('Fewest found: Bag &amp; strap.');
  });

  it('shades by the share of the row, not by the count', () => {
    const fills = [...svg.matchAll(/width="52" height="52" fill="(rgb\([^"]+\))"/g)].map(([, fill]) =>
      fill!.match(/\d+/g)!.map(Number),
    );
    const lightness = fills.map(([r, g, b]) => r! + g! + b!);
    // 90%, 10%, 20%, 80%: darker where the share is larger.
    expect(lightness[0]).toBeLessThan(lightness[3]!);
    expect(lightness[3]).toBeLessThan(lightness[2]!);
    expect(lightness[2]).toBeLessThan(lightness[1]!);
  });

  it('survives a class without examples', () => {
    expect(
      confusionMatrixPlot(
        [
          [2, 0],
          [0, 0],
        ],
        ['a', 'b'],
      ),
    ).not.toContain('NaN');
  });
});
