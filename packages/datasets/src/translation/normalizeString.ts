export interface NormalizeOptions {
  /** Keep `.` as a word of its own, as the tutorial did until 2023. Default: false. */
  readonly keepPeriod?: boolean | undefined;
}

/**
 * The PyTorch tutorial's `normalizeString`: lower case, no accents (NFD without its marks, category Mn), `!` and `?` as words
 * of their own, and nothing else but the letters a–z; everything between them becomes one space.
 *
 * @example
 * ```ts
 * normalizeString('Où êtes-vous ?'); // 'ou etes vous ?'
 * normalizeString("J'ai 19 ans."); // 'j ai ans'
 * normalizeString("J'ai 19 ans.", { keepPeriod: true }); // 'j ai ans .'
 * ```
 *
 * Source: S. Robertson, "NLP From Scratch: Translation with a Sequence to Sequence Network and Attention", pytorch.org/tutorials.
 */
export function normalizeString(sentence: string, { keepPeriod = false }: NormalizeOptions = {}): string {
  return sentence
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}+/gu, '')
    .replace(/[.!?]/g, ' $&')
    .replace(keepPeriod ? /[^a-zA-Z.!?]+/g : /[^a-zA-Z!?]+/g, ' ')
    .trim();
}
