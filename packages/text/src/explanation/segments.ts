import type { Explanation, NgramEvidence, WordEvidence } from './explanation.ts';

/** A piece of a text: a word with its evidence, or what stands between words. */
export interface Segment {
  readonly text: string;
  readonly word?: WordEvidence;
  /** How strong the word's contribution is beside the text's strongest: −1 to 1; 0 between words. */
  readonly strength: number;
}

/** An explained text from beginning to end, piece by piece: together the pieces are the text. */
export function segments({ text, words }: Explanation): Segment[] {
  const strongest = words.reduce((most, { contribution }) => Math.max(most, Math.abs(contribution)), 0) || 1;
  const pieces: Segment[] = [];
  let from = 0;
  for (const word of words) {
    if (word.start < from) continue;
    if (word.start > from) pieces.push({ text: text.slice(from, word.start), strength: 0 });
    pieces.push({ text: text.slice(word.start, word.end), word, strength: word.contribution / strongest });
    from = word.end;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), strength: 0 });
  return pieces;
}

/** A contribution as it is shown: sign and two places. */
export const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

/** A probability in percent, never rounded to certainty. */
export function percent(probability: number): string {
  if (probability > 0.999 && probability < 1) return '>99.9%';
  if (probability < 0.001 && probability > 0) return '<0.1%';
  return `${(100 * probability).toFixed(1)}%`;
}

/** What a reader is told of who has found an n-gram. */
export const branchNames: Readonly<Record<NgramEvidence['branch'], string>> = { cnn: 'CNN', wide: 'linear' };
