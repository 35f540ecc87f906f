import { cleanText } from './cleanText.ts';

/** Written with a point that is theirs. */
const abbreviations =
  'mr|mrs|ms|messrs|dr|drs|prof|rev|hon|gen|col|capt|lt|sgt|cpl|gov|sen|rep|st|ste|mt|jr|sr|bros|inc|ltd|corp|vs|etc|approx|dept|est|esp|vol|feat';

// Sticky alternatives in the order in which they are tried; every character that is no space is part of one.
const pattern = new RegExp(
  [
    // Addresses, whole, without the point or bracket that ends the sentence.
    String.raw`(?:https?:\/\/|www\.)[^\s<>"]*[^\s<>"'.,;:!?()\[\]{}]`,
    String.raw`[\w.+-]{1,64}@[a-z\d-]+(?:\.[a-z\d-]+)+`,
    // Faces :-) ;) :( =D, as the Stanford tokenizer keeps them.
    String.raw`(?<![\p{L}\p{N}])[:;=8][-o^']?[()\[\]dp\\|@*](?![\p{L}\p{N}])`,
    String.raw`<3(?!\d)`,
    // U.S., e.g., p.m. and titles.
    String.raw`(?<![\p{L}\p{N}])(?:\p{L}\.){2,}(?!\p{L})`,
    String.raw`(?<![\p{L}\p{N}'])(?:${abbreviations})\.(?!\.)(?=[\s,;:)]|$)`,
    // 7/10, 1,000.50, 9:30, 1970s, 2nd, '80s.
    String.raw`(?<![\p{L}\p{N}])\d+\/\d+(?![\p{L}\p{N}])`,
    String.raw`(?<![\p{L}\p{N}])'\d0s(?![\p{L}\p{N}])`,
    String.raw`\d+(?:[.,:]\d+)+(?![\p{L}\p{N}])`,
    // The negation, and what is left of the verb before it.
    String.raw`\p{L}+?(?=n't(?![\p{L}\p{N}]))`,
    String.raw`n't(?![\p{L}\p{N}])`,
    // 's, 're, 've, 'll, 'd, 'm.
    String.raw`'(?:s|re|ve|ll|d|m|em)(?![\p{L}\p{N}])`,
    // One sign each where words are not told apart by spaces.
    String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}][\p{M}\u30fc]*`,
    // Words, with their hyphens; an inner apostrophe belongs to the word (o'brien) unless it begins a clitic.
    String.raw`(?:(?!n't(?![\p{L}\p{N}]))[\p{L}\p{M}\p{N}])+(?:(?:-|'(?!(?:s|re|ve|ll|d|m)(?![\p{L}\p{N}])))(?=[\p{L}\p{N}])(?:(?!n't(?![\p{L}\p{N}]))[\p{L}\p{M}\p{N}])+)*`,
    // Pictures with their joiners and skin tones; flags.
    String.raw`\p{RI}\p{RI}`,
    String.raw`[#*\d]\ufe0f?\u20e3`,
    String.raw`\p{Extended_Pictographic}(?:\ufe0f|\p{EMod}|\u200d\p{Extended_Pictographic})*`,
    // Runs of one sign.
    String.raw`\.(?: ?\.)+`,
    '--+',
    '__+',
    String.raw`\*\*+`,
    '``',
    "''",
    String.raw`[^\s\p{Cc}\p{Cf}\ufe0f]`,
  ].join('|'),
  'gu',
);

/**
 * English as the Stanford tokenizer (Penn Treebank) splits it and as GloVe's words are written: lower case; `n't`, `'s`,
 * `'re`, `'ve`, `'ll`, `'d`, `'m` by themselves; punctuation apart; titles and acronyms with their points; numbers,
 * fractions, addresses and hyphenated words whole; dots in a row as `...`, dashes as `--`. Unlike the Treebank, and as
 * GloVe has them, `cannot` and `gonna` stay one word and double quotes stay `"`.
 *
 * What it reads is the cleaned text ({@link cleanText}): NFC, without HTML tags, typographic signs as plain ones. Pictures (emoji) are
 * tokens; so is each Chinese or Japanese sign, since no spaces part words there; other scripts go by words.
 *
 * @example
 * ```ts
 * englishTokenizer("I can't say it's well-made<br />7/10..."); // i ca n't say it 's well-made 7/10 ...
 * ```
 *
 * Source: https://nlp.stanford.edu/software/tokenizer.html
 */
export function englishTokenizer(text: string): string[] {
  const tokens = cleanText(text).toLowerCase().match(pattern);
  if (tokens === null) return [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.length < 2) continue;
    const first = token.charCodeAt(0);
    if (first === 46) tokens[i] = '...';
    else if (first === 45 && token.charCodeAt(1) === 45) tokens[i] = '--';
  }
  return tokens;
}
