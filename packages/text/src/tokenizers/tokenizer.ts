import { TextError } from '../textError.ts';
import { englishTokenizer } from './english.ts';
import { whitespaceTokenizer } from './whitespace.ts';

/** Splits a text into the words and signs that a vocabulary numbers. */
export type Tokenizer = (text: string) => string[];

/** The tokenizers that a saved classifier can name. */
export type TokenizerName = 'english' | 'whitespace';

const tokenizers: Readonly<Record<TokenizerName, Tokenizer>> = {
  english: englishTokenizer,
  whitespace: whitespaceTokenizer,
};

/**
 * The tokenizer of that name (torchtext's `get_tokenizer`).
 *
 * @throws {TextError} if there is none, naming those there are.
 *
 * @example
 * ```ts
 * getTokenizer('english')("Didn't like it."); // ['did', "n't", 'like', 'it', '.']
 * ```
 */
export function getTokenizer(name: string): Tokenizer {
  if (Object.hasOwn(tokenizers, name)) return tokenizers[name as TokenizerName];
  throw new TextError(`there is no tokenizer '${name}', expected one of ${Object.keys(tokenizers).join(', ')}`);
}

/** The name of one of this package's tokenizers; undefined for a function of the user's own. */
export function nameOfTokenizer(tokenizer: Tokenizer): TokenizerName | undefined {
  return (Object.keys(tokenizers) as TokenizerName[]).find((name) => tokenizers[name] === tokenizer);
}
