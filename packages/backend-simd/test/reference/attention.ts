/** Bahdanau's attention in float64, as its paper writes it. */

export interface AttentionSizes {
  /** Sequences. */
  N: number;
  /** Steps. */
  T: number;
  /** Places. */
  S: number;
  /** Features of queries and keys. */
  A: number;
  /** Width of the values. */
  C: number;
}

/** One look at one sequence, at its first `places` places; `keys` and `values` are its own. */
export function attendOnce(
  query: ArrayLike<number>,
  keys: ArrayLike<number>,
  values: ArrayLike<number>,
  scoreWeight: ArrayLike<number>,
  places: number,
  { S, A, C }: AttentionSizes,
): { context: number[]; weights: number[] } {
  const scores: number[] = [];
  for (let j = 0; j < places; j++) {
    let score = 0;
    for (let a = 0; a < A; a++) score += scoreWeight[a]! * Math.tanh(query[a]! + keys[j * A + a]!);
    scores.push(score);
  }
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const weights = Array.from({ length: S }, (_, j) => (j < places ? powers[j]! / total : 0));
  const context = Array.from({ length: C }, (_, c) => {
    let sum = 0;
    for (let j = 0; j < places; j++) sum += weights[j]! * values[j * C + c]!;
    return sum;
  });
  return { context, weights };
}

/** Elements [index · size, (index + 1) · size) of either kind of array. */
export function part(values: ArrayLike<number>, index: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => values[index * size + i]!);
}
