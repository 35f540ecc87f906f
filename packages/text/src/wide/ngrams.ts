import type { TokenizedTexts } from '../batching/tokenizedTexts.ts';
import { hashNext, hashToken } from './ngramHash.ts';

/** Which n-grams of a text count. */
export interface NgramKinds {
  /** The longest, in words. */
  readonly maxNgram: number;
  /** How many words may stand between the two of a pair with a gap; 0: there are no such pairs. */
  readonly maxGap: number;
}

/** An n-gram of a text. */
export interface NgramPlace {
  readonly hash: number;
  /** Its first word's place. */
  readonly start: number;
  /** How many words it spans. */
  readonly length: number;
  /** Whether it is only the first and the last of them. */
  readonly gap: boolean;
}

/** Takes the place of the words between the two of a pair; no word is spelled so. */
const GAP = hashToken('\u0000…');

/** Every n-gram of a text, by place; one that comes twice is given twice. */
export function ngramsOf(tokens: readonly string[], kinds: NgramKinds): NgramPlace[] {
  const found: NgramPlace[] = [];
  walk(tokens.map(hashToken), 0, tokens.length, kinds, (hash, start, length, gap) => {
    found.push({ hash, start, length, gap });
  });
  return found;
}

/** The same hashes for many texts, their words hashed once: calls `visit` with every n-gram of text `row`. */
export function eachNgram(
  { ids, starts, types }: TokenizedTexts,
  kinds: NgramKinds,
): (row: number, visit: (hash: number) => void) => void {
  const hashes = Int32Array.from(types, hashToken);
  const words = ids.map((id) => hashes[id]!);
  return (row, visit) => walk(words, starts[row]!, starts[row + 1]!, kinds, visit);
}

function walk(
  words: ArrayLike<number>,
  first: number,
  end: number,
  { maxNgram, maxGap }: NgramKinds,
  visit: (hash: number, start: number, length: number, gap: boolean) => void,
): void {
  for (let start = first; start < end; start++) {
    let hash = words[start]!;
    visit(hash, start, 1, false);
    for (let last = start + 1; last < Math.min(end, start + maxNgram); last++) {
      hash = hashNext(hash, words[last]!);
      visit(hash, start, last + 1 - start, false);
    }
    if (maxGap === 0) continue;
    const open = hashNext(words[start]!, GAP);
    for (let last = start + 2; last < Math.min(end, start + 2 + maxGap); last++) {
      visit(hashNext(open, words[last]!), start, last + 1 - start, true);
    }
  }
}
