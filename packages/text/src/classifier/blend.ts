import { TextError } from '../textError.ts';

/** How two branches' logits become one: `cnn·a + wide·b + bias`. */
export interface Blend {
  readonly cnn: number;
  readonly wide: number;
  readonly bias: number;
}

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : 1 - 1 / (1 + Math.exp(x)));

/**
 * The blend under which held-out examples are likeliest: logistic regression on the two logits, by Newton's method, with
 * a slight penalty. The examples must not be those that the branches were fitted to.
 *
 * @param labels - 1 positive, 0 negative.
 * @throws {TextError} if there is no example.
 */
export function fitBlend(cnn: ArrayLike<number>, wide: ArrayLike<number>, labels: ArrayLike<number>): Blend {
  const n = labels.length;
  if (n === 0) throw new TextError('expected held-out texts to choose the blend on, got none');
  // In units of their own spread, so that the penalty is fair to both.
  const spread = (logits: ArrayLike<number>) =>
    Math.sqrt(Array.from(logits).reduce((sum, x) => sum + x * x, 0) / n) || 1;
  const units = [spread(cnn), spread(wide)] as const;
  const features = (i: number) => [cnn[i]! / units[0], wide[i]! / units[1], 1];
  let beta = [0.5, 0.5, 0];
  for (let step = 0; step < 50; step++) {
    const gradient = beta.map((b) => PENALTY * b);
    const hessian = beta.map((_, row) => beta.map((__, column) => (row === column ? PENALTY : 0)));
    for (let i = 0; i < n; i++) {
      const x = features(i);
      const p = sigmoid(x.reduce((sum, value, k) => sum + value * beta[k]!, 0));
      const weight = Math.max(p * (1 - p), 1e-9);
      x.forEach((value, row) => {
        gradient[row]! += (p - labels[i]!) * value;
        x.forEach((other, column) => {
          hessian[row]![column]! += weight * value * other;
        });
      });
    }
    const change = solve3(hessian, gradient);
    beta = beta.map((b, k) => b - change[k]!);
    if (Math.max(...change.map(Math.abs)) < 1e-9) break;
  }
  return { cnn: beta[0]! / units[0], wide: beta[1]! / units[1], bias: beta[2]! };
}

const PENALTY = 1;

/** Solves a positive definite system by Gaussian elimination. */
function solve3(matrix: readonly number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let pivot = 0; pivot < n; pivot++) {
    for (let row = 0; row < n; row++) {
      if (row === pivot) continue;
      const factor = rows[row]![pivot]! / rows[pivot]![pivot]!;
      for (let column = pivot; column <= n; column++) rows[row]![column]! -= factor * rows[pivot]![column]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}
