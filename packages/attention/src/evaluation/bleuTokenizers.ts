import { splitWords } from './whitespace.ts';

/** How BLEU cuts a sentence into words: {@link tokenize13a}, {@link tokenizeIntl}, single characters, or at spaces only. */
export type BleuTokenizer = '13a' | 'intl' | 'char' | 'none';

/** `mteval-v13a`'s rules, which WMT and sacrebleu use unless told otherwise: punctuation and symbols of ASCII stand alone. */
export function tokenize13a(line: string): string[] {
  const unescaped = line
    .replaceAll('<skipped>', '')
    .replaceAll('-\n', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  return splitWords(
    ` ${unescaped} `
      .replace(/[{-~[-` -&(-+:-@/]/gu, ' $& ')
      .replace(/([^0-9])([.,])/gu, '$1 $2 ')
      .replace(/([.,])([^0-9])/gu, ' $1 $2')
      .replace(/([0-9])(-)/gu, '$1 $2 '),
  );
}

/** `mteval-v14`'s international rules: all of Unicode's punctuation and symbols stand alone, but for those between digits. */
export function tokenizeIntl(line: string): string[] {
  return splitWords(
    line
      .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
      .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
      .replace(/\p{S}/gu, ' $& '),
  );
}

export const bleuTokenizers: Readonly<Record<BleuTokenizer, (line: string) => string[]>> = {
  '13a': tokenize13a,
  intl: tokenizeIntl,
  char: (line) => splitWords([...line].join(' ')),
  none: splitWords,
};
