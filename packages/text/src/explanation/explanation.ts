/** An n-gram of a text that one branch of a classifier has gone by. */
export interface NgramEvidence {
  readonly branch: 'cnn' | 'wide';
  /** Its words, with spaces between; words that a gap stands for as `…`. */
  readonly ngram: string;
  /** Its first word's place in {@link Explanation.words}. */
  readonly start: number;
  /** How many words it spans. */
  readonly length: number;
  /** Whether it is only the first and the last of them. */
  readonly gap: boolean;
  /** What it adds to the logit. */
  readonly contribution: number;
  /** Which of the CNN's filters: how many words high it is, and its number among those. */
  readonly filter?: { readonly size: number; readonly index: number };
}

/** A word of a text and what it adds to the logit. */
export interface WordEvidence {
  readonly token: string;
  /** Where it stands in {@link Explanation.text}; −1 where it can't be found there. */
  readonly start: number;
  readonly end: number;
  /** Its share of every n-gram's contribution that it is part of. */
  readonly contribution: number;
  /** Whether the vocabulary has it. */
  readonly known: boolean;
}

/**
 * Why a text got its logit. The contributions of all n-grams and {@link bias} add up to {@link logit}; so do those of all
 * words and the bias.
 */
export interface Explanation {
  /** The text that was read, cleaned. */
  readonly text: string;
  /** The class that is explained: the predicted one unless asked for another. */
  readonly label: string;
  /** The class that a negative contribution speaks for; null where there are more than two. */
  readonly otherLabel: string | null;
  readonly probability: number;
  /** In favour of {@link label}. */
  readonly logit: number;
  /** What the text has no part in: the layers' biases, and filters that found nothing. */
  readonly bias: number;
  /** The strongest first. */
  readonly ngrams: readonly NgramEvidence[];
  /** In their order. */
  readonly words: readonly WordEvidence[];
  /** How many words at the end the CNN has not read, the text being longer than it reads. */
  readonly unreadWords: number;
}
