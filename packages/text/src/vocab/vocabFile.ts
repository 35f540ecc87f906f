import { parseJson } from '../parseJson.ts';
import { TextError } from '../textError.ts';
import { Vocab } from './vocab.ts';

/** More words than any vocabulary has; a file that claims more is not believed. */
const MAX_TOKENS = 10_000_000;

/**
 * A vocabulary as JSON text: `{"tokens": […], "defaultIndex": 0}`.
 *
 * @example
 * ```ts
 * await writeFile('vocab.json', serializeVocab(vocab));
 * const again = parseVocab(await readFile('vocab.json', 'utf8'));
 * ```
 */
export function serializeVocab(vocab: Vocab): string {
  return `${JSON.stringify({ tokens: vocab.getItos(), defaultIndex: vocab.defaultIndex })}\n`;
}

/**
 * Reads what {@link serializeVocab} wrote, or a plain list of one word a line (as `vocab.txt` of many models), in which the
 * default is `<unk>` if it is there.
 *
 * @throws {TextError} if it is neither, is cut off, or has a word twice.
 */
export function parseVocab(text: string): Vocab {
  if (!text.trimStart().startsWith('{')) return parseLines(text);
  const value = parseJson(text, 'the vocabulary');
  const { tokens, defaultIndex } = value as { tokens?: unknown; defaultIndex?: unknown };
  if (!Array.isArray(tokens) || tokens.length > MAX_TOKENS || !tokens.every((token) => typeof token === 'string')) {
    throw new TextError('the vocabulary is damaged: expected "tokens", a list of words');
  }
  if (defaultIndex !== null && typeof defaultIndex !== 'number') {
    throw new TextError('the vocabulary is damaged: expected "defaultIndex", a number or null');
  }
  return new Vocab(tokens as string[], { defaultIndex });
}

function parseLines(text: string): Vocab {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) throw new TextError('the vocabulary is empty');
  const empty = lines.indexOf('');
  if (empty >= 0) throw new TextError(`the vocabulary is damaged: line ${empty + 1} is empty`);
  return new Vocab(lines);
}
