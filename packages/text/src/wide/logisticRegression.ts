import { Generator } from '@flambeau/core';
import { breath } from './breath.ts';
import { rowCount, type SparseRows } from './sparseRows.ts';

export interface LogisticRegressionOptions {
  /** How much the examples weigh against the penalty ½‖w‖². Default 1. */
  readonly c?: number;
  /** Passes over the examples at most. Default 60. */
  readonly maxPasses?: number;
  /** Stops when no example's dual gradient is larger. Default 0.01. */
  readonly tolerance?: number;
  /** Of the order in which examples are visited. Default 0. */
  readonly seed?: number;
  /** Told after each pass. */
  readonly onPass?: (pass: number, violation: number) => void;
}

export interface LinearModel {
  /** One weight a column, on the scaled features. */
  readonly weights: Float64Array;
  readonly bias: number;
  readonly passes: number;
}

/**
 * Logistic regression with an L2 penalty on scaled zero-one features: minimises
 * ½‖w‖² + ½b² + C·Σᵢ log(1 + exp(−yᵢ(Σⱼ wⱼ·sⱼ·xᵢⱼ + b))) by coordinate descent on the dual, one example at a time. Pauses
 * after each pass, so that a program can be interrupted.
 *
 * Shape: features `[N, K]`, scales `[K]`, labels of 0 and 1 `[N]`.
 *
 * Source: Yu, Huang and Lin, "Dual coordinate descent methods for logistic regression and maximum entropy models", 2011.
 */
export async function logisticRegression(
  features: SparseRows,
  scales: Float32Array,
  labels: ArrayLike<number>,
  options: LogisticRegressionOptions = {},
): Promise<LinearModel> {
  const { c = 1, maxPasses = 60, tolerance = 0.01, seed = 0, onPass } = options;
  const { starts, columns, width } = features;
  const rows = rowCount(features);
  const weights = new Float64Array(width);
  let bias = 0;
  // Of the dual variable both distances to its bounds 0 and C are kept, since either may be tiny.
  const low = new Float64Array(rows);
  const high = new Float64Array(rows);
  const norms = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    low[row] = Math.min(0.001 * c, 1e-8);
    high[row] = c - low[row]!;
    const sign = labels[row] === 1 ? 1 : -1;
    let norm = 1;
    for (let i = starts[row]!; i < starts[row + 1]!; i++) {
      const scale = scales[columns[i]!]!;
      norm += scale * scale;
      weights[columns[i]!]! += sign * low[row]! * scale;
    }
    bias += sign * low[row]!;
    norms[row] = norm;
  }
  const generator = new Generator().manualSeed(seed);
  let passes = 0;
  let innerTolerance = 1e-2;
  while (passes < maxPasses) {
    await breath();
    let violation = 0;
    let newtonSteps = 0;
    for (const row of generator.randperm(rows)) {
      const sign = labels[row] === 1 ? 1 : -1;
      const [start, end] = [starts[row]!, starts[row + 1]!];
      let score = bias;
      for (let i = start; i < end; i++) score += weights[columns[i]!]! * scales[columns[i]!]!;
      const a = norms[row]!;
      const b = sign * score;
      // Of the two distances the one that will be small is solved for: the z that minimises
      // z·log z + (C − z)·log(C − z) + a/2·(z − z₀)² ± b·(z − z₀).
      const flip = 0.5 * a * (high[row]! - low[row]!) + b < 0 ? -1 : 1;
      const old = flip === 1 ? low[row]! : high[row]!;
      const signed = flip * b;
      let z = c - old < 0.5 * c ? 0.1 * old : old;
      let gradient = a * (z - old) + signed + Math.log(z / (c - z));
      violation = Math.max(violation, Math.abs(gradient));
      let steps = 0;
      while (steps <= 100 && Math.abs(gradient) >= innerTolerance) {
        const curvature = a + c / (c - z) / z;
        const next = z - gradient / curvature;
        // A step beyond the bound is cut to a tenth of the way that is left.
        z = next <= 0 ? 0.1 * z : next;
        gradient = a * (z - old) + signed + Math.log(z / (c - z));
        newtonSteps++;
        steps++;
      }
      if (steps === 0) continue;
      if (flip === 1) {
        low[row] = z;
        high[row] = c - z;
      } else {
        high[row] = z;
        low[row] = c - z;
      }
      const change = sign * flip * (z - old);
      bias += change;
      for (let i = start; i < end; i++) weights[columns[i]!]! += change * scales[columns[i]!]!;
    }
    passes++;
    onPass?.(passes, violation);
    if (violation < tolerance) break;
    if (newtonSteps <= rows / 10) innerTolerance = Math.max(Math.min(1e-8, tolerance), 0.1 * innerTolerance);
  }
  return { weights, bias, passes };
}
