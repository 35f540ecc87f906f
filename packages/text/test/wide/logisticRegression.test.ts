import { describe, expect, it } from 'vitest';
import { logCountRatio } from '../../src/wide/logCountRatio.ts';
import { logisticRegression } from '../../src/wide/logisticRegression.ts';
import type { SparseRows } from '../../src/wide/sparseRows.ts';
import golden from '../golden/recordings/logistic_regression.json' with { type: 'json' };

const features: SparseRows = {
  starts: Int32Array.from(golden.starts),
  columns: Int32Array.from(golden.columns),
  width: golden.width,
};

describe('the linear model', () => {
  it("has scikit-learn's log-count ratios", () => {
    const ratios = logCountRatio(features, golden.labels, 1);
    for (const [i, ratio] of golden.ratios.entries()) expect(ratios[i]).toBeCloseTo(ratio, 5);
  });

  it.each(golden.fits)("has liblinear's weights with C = $c", async ({ c, weights, bias }) => {
    const scales = Float32Array.from(golden.ratios);
    const fit = await logisticRegression(features, scales, golden.labels, { c, tolerance: 1e-6, maxPasses: 1000 });
    expect(fit.bias).toBeCloseTo(bias, 4);
    for (const [i, weight] of weights.entries()) expect(fit.weights[i], `weight ${i}`).toBeCloseTo(weight, 4);
  });

  it('is where the gradient of what it minimises is 0', async () => {
    const scales = Float32Array.from(golden.ratios);
    const c = 0.7;
    const { weights, bias } = await logisticRegression(features, scales, golden.labels, {
      c,
      tolerance: 1e-8,
      maxPasses: 2000,
    });
    const gradient = Float64Array.from(weights);
    let biasGradient = bias;
    golden.labels.forEach((label, row) => {
      const columns = features.columns.subarray(features.starts[row]!, features.starts[row + 1]!);
      const score = columns.reduce((sum, j) => sum + weights[j]! * scales[j]!, bias);
      const error = c * (1 / (1 + Math.exp(-score)) - label);
      biasGradient += error;
      for (const j of columns) gradient[j]! += error * scales[j]!;
    });
    expect(Math.max(Math.abs(biasGradient), ...gradient.map(Math.abs))).toBeLessThan(1e-5);
  });

  it('does not depend on the order of visits, nor stops before it must', async () => {
    const scales = Float32Array.from(golden.ratios);
    const fit = (seed: number) =>
      logisticRegression(features, scales, golden.labels, { seed, tolerance: 1e-8, maxPasses: 2000 });
    const [a, b] = [await fit(1), await fit(2)];
    expect(Math.max(...a.weights.map((weight, i) => Math.abs(weight - b.weights[i]!)))).toBeLessThan(1e-5);
    const short = await logisticRegression(features, scales, golden.labels, { maxPasses: 1 });
    expect(short.passes).toBe(1);
  });
});
