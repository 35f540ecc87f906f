/** How far a sequence agrees with what was expected. */
export interface SequenceAgreement {
  /** Places at which both have the same token. */
  readonly correct: number;
  /** Places of the longer of the two: one that only one of them has is wrong. */
  readonly places: number;
  /** Whether they are the same. */
  readonly exact: boolean;
}

/**
 * Compares a sequence of tokens, place by place, with one or more that were expected; the one counts that it agrees with best.
 *
 * @example
 * ```ts
 * compareSequences(['i', 'm', 'so', 'late'], [['i', 'm', 'late']]); // { correct: 2, places: 4, exact: false }
 * ```
 */
export function compareSequences(
  hypothesis: readonly string[],
  references: readonly (readonly string[])[],
): SequenceAgreement {
  if (references.length === 0) throw new RangeError('compareSequences: expected one or more references, got none');
  return references
    .map((reference): SequenceAgreement => {
      const places = Math.max(hypothesis.length, reference.length);
      let correct = 0;
      for (let at = 0; at < places; at++) if (hypothesis[at] === reference[at]) correct++;
      return { correct, places, exact: correct === places };
    })
    .reduce((best, other) => (shareOf(other) > shareOf(best) ? other : best));
}

/** Two empty sequences agree. */
function shareOf({ correct, places }: SequenceAgreement): number {
  return places === 0 ? 1 : correct / places;
}
