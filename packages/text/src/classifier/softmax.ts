/** The classes' probabilities: of one logit, `[1 − σ(x), σ(x)]`, else the softmax. */
export function softmax(logits: readonly number[]): number[] {
  const all = logits.length === 1 ? [0, logits[0]!] : logits;
  const largest = Math.max(...all);
  const powers = all.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
