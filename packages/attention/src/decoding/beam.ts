/** A target in the making. */
export interface Hypothesis {
  readonly ids: readonly number[];
  readonly logProbability: number;
  /** The weights of each step, as many as there were steps; none without attention. */
  readonly attention: readonly Float32Array[];
  /** Which row of the last step it went through. */
  readonly row: number;
}

/** A target that has come to its end or to the greatest length. */
export interface Candidate extends Hypothesis {
  readonly finished: boolean;
  readonly score: number;
}

/** The best continuations of one row, and where it looked. */
export interface RowStep {
  /** Words by falling probability. */
  readonly ids: ArrayLike<number>;
  readonly logProbabilities: ArrayLike<number>;
  readonly weights: Float32Array | null;
}

export interface BeamRules {
  readonly beamSize: number;
  readonly lengthPenalty: number;
  readonly maxLength: number;
  readonly eos: number;
  /** How many targets are asked for. */
  readonly nBest: number;
}

/** What targets are compared by: log p / length^α, the end counting as a word. */
export function scoreOf(logProbability: number, length: number, lengthPenalty: number): number {
  return logProbability / length ** lengthPenalty;
}

/**
 * The search for one source's best targets: in each step the `beamSize` most probable beginnings live on, and every target
 * that ends before the last of them is kept. It stops when nothing that lives can still become better than what it has:
 * a logarithm only falls, so that no beginning beats its own logarithm over the greatest length.
 */
export class Beam {
  private readonly rules: BeamRules;
  private ended: Candidate[] = [];
  /** What goes on. */
  live: Hypothesis[] = [{ ids: [], logProbability: 0, attention: [], row: 0 }];

  constructor(rules: BeamRules) {
    this.rules = rules;
  }

  /** Takes what the step gave for each of the live ones, in their order. */
  advance(steps: readonly RowStep[], rows: readonly number[]): void {
    const { beamSize, eos, maxLength, lengthPenalty } = this.rules;
    const before = this.live;
    const length = before[0]!.ids.length + 1;
    const continuations = steps.flatMap(({ ids, logProbabilities }, at) =>
      Array.from(ids, (id, i) => ({ at, id, logProbability: before[at]!.logProbability + logProbabilities[i]! })),
    );
    // Ties in a fixed order, so that a source's target is the same in any batch.
    continuations.sort((a, b) => b.logProbability - a.logProbability || a.at - b.at || a.id - b.id);
    this.live = [];
    for (const { at, id, logProbability } of continuations) {
      if (this.live.length === beamSize) break;
      const { weights } = steps[at]!;
      const { ids, attention } = before[at]!;
      const seen = weights === null ? attention : [...attention, weights];
      if (id === eos) {
        const score = scoreOf(logProbability, length, lengthPenalty);
        this.ended.push({ ids, logProbability, attention: seen, row: rows[at]!, finished: true, score });
      } else {
        this.live.push({ ids: [...ids, id], logProbability, attention: seen, row: rows[at]! });
      }
    }
    this.ended.sort((a, b) => b.score - a.score);
    this.ended.length = Math.min(this.ended.length, beamSize);
    this.prune(length, maxLength);
  }

  /** The best targets, those that ended first, then those that were cut off. */
  get best(): Candidate[] {
    const { nBest, lengthPenalty } = this.rules;
    const cut = this.live.map((hypothesis) => ({
      ...hypothesis,
      finished: false,
      score: scoreOf(hypothesis.logProbability, hypothesis.ids.length, lengthPenalty),
    }));
    return [...this.ended, ...cut].slice(0, nBest);
  }

  get done(): boolean {
    return this.live.length === 0 || this.live[0]!.ids.length >= this.rules.maxLength;
  }

  /** Lets go of what can't come among the best any more. */
  private prune(length: number, maxLength: number): void {
    const { nBest, lengthPenalty } = this.rules;
    if (this.ended.length < nBest || length >= maxLength) return;
    const toBeat = this.ended[nBest - 1]!.score;
    this.live = this.live.filter(({ logProbability }) => scoreOf(logProbability, maxLength, lengthPenalty) > toBeat);
  }
}
