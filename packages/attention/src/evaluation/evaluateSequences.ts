import { type BleuOptions, type BleuScore, corpusBleu } from './bleu.ts';
import { corpusChrf } from './chrf.ts';
import { compareSequences, type SequenceAgreement } from './sequenceAgreement.ts';

/** A source, what a model made of it, and what it should have been; all as lists of tokens. */
export interface EvaluatedSequence {
  readonly source: readonly string[];
  readonly hypothesis: readonly string[];
  /** Every right answer. */
  readonly references: readonly (readonly string[])[];
}

/** How right a model is on sources of some lengths. */
export interface LengthAccuracy {
  /** The shortest and the longest source that are meant, in tokens, both included. */
  readonly from: number;
  readonly to: number;
  /** How many examples there are. */
  readonly count: number;
  /** The share of sequences that are right from beginning to end. */
  readonly sequenceAccuracy: number;
  /** The share of places that are right. */
  readonly tokenAccuracy: number;
}

export interface SequenceEvaluation extends Omit<LengthAccuracy, 'from' | 'to'> {
  readonly bleu: BleuScore;
  readonly chrf: number;
  /** By ascending length of the source; lengths without examples are left out. */
  readonly byLength: readonly LengthAccuracy[];
}

export interface EvaluationOptions {
  /** How many lengths go together in `byLength`. Default 1. */
  readonly bucketWidth?: number;
  /** Of the BLEU score. */
  readonly bleu?: BleuOptions;
  /** What stands between tokens in text. Default: a space; for characters nothing. */
  readonly separator?: string;
}

/**
 * All that is said about a model's translations: BLEU, chrF, the share of sequences and of places that are right, both also by the
 * length of the source.
 *
 * @throws RangeError if there are no examples, or one has no references.
 *
 * @example
 * ```ts
 * const { bleu, sequenceAccuracy, byLength } = evaluateSequences(examples, { bucketWidth: 5 });
 * ```
 */
export function evaluateSequences(
  examples: readonly EvaluatedSequence[],
  { bucketWidth = 1, bleu, separator = ' ' }: EvaluationOptions = {},
): SequenceEvaluation {
  const texts = examples.map(({ hypothesis }) => hypothesis.join(separator));
  const references = examples.map((example) => example.references.map((reference) => reference.join(separator)));
  return {
    bleu: corpusBleu(texts, references, bleu),
    chrf: corpusChrf(texts, references),
    ...accuracyOf(examples.map(agreementOf)),
    byLength: accuracyByLength(examples, { bucketWidth }),
  };
}

/**
 * How right a model is on short sources and on long ones: what the notes claim about attention is seen here.
 *
 * @example
 * ```ts
 * const [shortest] = accuracyByLength(examples, { bucketWidth: 5 }); // { from: 5, to: 9, count: 812, … }
 * ```
 */
export function accuracyByLength(
  examples: readonly EvaluatedSequence[],
  { bucketWidth = 1 }: Pick<EvaluationOptions, 'bucketWidth'> = {},
): LengthAccuracy[] {
  if (!Number.isInteger(bucketWidth) || bucketWidth < 1) {
    throw new RangeError(
      `accuracyByLength: expected bucketWidth to be a whole number of at least 1, got ${bucketWidth}`,
    );
  }
  const buckets = new Map<number, SequenceAgreement[]>();
  for (const example of examples) {
    const bucket = Math.floor(example.source.length / bucketWidth);
    const known = buckets.get(bucket);
    if (known === undefined) buckets.set(bucket, [agreementOf(example)]);
    else known.push(agreementOf(example));
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([bucket, agreements]) => ({
      from: bucket * bucketWidth,
      to: (bucket + 1) * bucketWidth - 1,
      ...accuracyOf(agreements),
    }));
}

const agreementOf = ({ hypothesis, references }: EvaluatedSequence) => compareSequences(hypothesis, references);

function accuracyOf(agreements: readonly SequenceAgreement[]): Omit<LengthAccuracy, 'from' | 'to'> {
  const sum = (what: (agreement: SequenceAgreement) => number) =>
    agreements.reduce((total, agreement) => total + what(agreement), 0);
  const count = agreements.length;
  const places = sum((agreement) => agreement.places);
  return {
    count,
    sequenceAccuracy: sum(({ exact }) => Number(exact)) / count,
    // Nothing expected and nothing written is right.
    tokenAccuracy: places === 0 ? 1 : sum(({ correct }) => correct) / places,
  };
}
