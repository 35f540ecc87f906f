import type { TokenizedTexts } from '../batching/tokenizedTexts.ts';
import { hashNext, hashToken } from './ngramHash.ts';

/** An n-gram of a text. */
export interface NgramPlace {
  readonly hash: number;
  /** Its first word's place. */
  readonly start: number;
  /** How many words it has. */
  readonly length: number;
}

/** Every n-gram of up to `maxNgram` words, by place and then by length; one that comes twice is given twice. */
export function* ngramsOf(tokens: readonly string[], maxNgram: number): Iterable<NgramPlace> {
  const hashes = tokens.map(hashToken);
  for (let start = 0; start < hashes.length; start++) {
    let hash = hashes[start]!;
    yield { hash, start, length: 1 };
    const end = Math.min(hashes.length, start + maxNgram);
    for (let i = start + 1; i < end; i++) {
      hash = hashNext(hash, hashes[i]!);
      yield { hash, start, length: i + 1 - start };
    }
  }
}

/** The same hashes for one text after the other, without an object for each: calls `visit` with every n-gram of text `row`. */
export function eachNgram(
  { ids, starts, types }: TokenizedTexts,
  maxNgram: number,
): (row: number, visit: (hash: number) => void) => void {
  const hashes = Int32Array.from(types, hashToken);
  return (row, visit) => {
    const last = starts[row + 1]!;
    for (let start = starts[row]!; start < last; start++) {
      let hash = hashes[ids[start]!]!;
      visit(hash);
      const end = Math.min(last, start + maxNgram);
      for (let i = start + 1; i < end; i++) {
        hash = hashNext(hash, hashes[ids[i]!]!);
        visit(hash);
      }
    }
  };
}
