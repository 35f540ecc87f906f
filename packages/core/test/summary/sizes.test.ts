import { beforeAll, describe, expect, it } from 'vitest';
import { createBackend, nn, setDefaultBackend, summary } from '../../src/index.ts';

describe("a summary's sizes", () => {
  beforeAll(async () => {
    setDefaultBackend(await createBackend('cpu'));
  });

  const formula = (layer: nn.Module & { forward(input: never): unknown }, shape: number[]) =>
    summary(layer as never, shape).layers.map(({ sizeFormula }) => sizeFormula);

  it('of an average pool: its windows, and not the convolution that it is made of', () => {
    expect(formula(new nn.AvgPool2d(2, { padding: 1 }), [1, 1, 7, 7])).toEqual(['⌊(7 − 2 + 2·1)/2⌋ + 1 = 4']);
  });

  it('of a transposed convolution', () => {
    const layer = new nn.ConvTranspose2d(2, 1, [2, 3], { stride: 2, padding: [0, 1], outputPadding: [0, 1] });
    expect(formula(layer, [1, 2, 14, 5])).toEqual([
      '(14 − 1)·2 − 2·0 + 1·(2 − 1) + 0 + 1 = 28; (5 − 1)·2 − 2·1 + 1·(3 − 1) + 1 + 1 = 10',
    ]);
  });
});
