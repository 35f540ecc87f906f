/** What the rounds of one contestant come to. */
export interface Summary {
  readonly median: number;
  /** First and third quartile. */
  readonly quartiles: readonly [number, number];
  readonly rounds: number;
  /** How many rounds lie far from the rest; see {@link outliers}. */
  readonly outliers: number;
}

/**
 * The `fraction` quantile, interpolated linearly between the two nearest values, as NumPy's default.
 *
 * @throws {RangeError} if there is no value, one is not finite, or the fraction lies outside 0…1.
 */
export function quantile(values: readonly number[], fraction: number): number {
  if (values.length === 0) throw new RangeError('quantile: expected at least one value');
  if (!values.every(Number.isFinite))
    throw new RangeError(`quantile: expected finite values, got ${values.join(', ')}`);
  if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`quantile: expected a fraction in 0…1, got ${fraction}`);
  const sorted = [...values].sort((a, b) => a - b);
  const position = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return below + (above - below) * (position - Math.floor(position));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The values more than five scaled median absolute deviations above or below the median (for a normal distribution, five
 * standard deviations). They are counted and said, never taken out: the median bears them, and who drops rounds can
 * choose the result. Of fewer than five values, and where more than half are equal, there is no scale to judge by.
 *
 * Source: Leys et al., "Detecting outliers", Journal of Experimental Social Psychology 49 (2013).
 */
export function outliers(values: readonly number[]): number[] {
  if (values.length < 5) return [];
  const middle = median(values);
  const deviation = 1.4826 * median(values.map((value) => Math.abs(value - middle)));
  return deviation === 0 ? [] : values.filter((value) => Math.abs(value - middle) > 5 * deviation);
}

export function summarize(values: readonly number[]): Summary {
  return {
    median: median(values),
    quartiles: [quantile(values, 0.25), quantile(values, 0.75)],
    rounds: values.length,
    outliers: outliers(values).length,
  };
}

/**
 * How many times the reference's time ours takes: the median of the rounds' own ratios. The two of a round ran one after
 * the other, so what slowed the machine down for a while slowed both, and cancels.
 *
 * @throws {RangeError} if the rounds are not as many, or a reference is not above 0.
 */
export function pairedRatio(ours: readonly number[], reference: readonly number[]): number {
  if (ours.length !== reference.length) {
    throw new RangeError(
      `pairedRatio: expected as many rounds on both sides, got ${ours.length} and ${reference.length}`,
    );
  }
  if (!reference.every((value) => value > 0)) {
    throw new RangeError(`pairedRatio: expected references above 0, got ${reference.join(', ')}`);
  }
  return median(ours.map((value, round) => value / reference[round]!));
}
