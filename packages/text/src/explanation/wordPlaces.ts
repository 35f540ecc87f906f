/** Where a token stands in a text. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds tokens in the text that they came from, each after the one before; case does not matter. A token that a
 * tokenizer has rewritten (`...` for longer dots) covers what it can, or is given the place −1.
 */
export function wordPlaces(text: string, tokens: readonly string[]): Place[] {
  const folded = fold(text);
  let from = 0;
  return tokens.map((token) => {
    const wanted = fold(token);
    const start = folded.indexOf(wanted, from);
    // What lies between two words is white space or very little: a find far away is another word's.
    if (start < 0 || folded.slice(from, start).trim().length > REACH) return { start: -1, end: -1 };
    from = start + wanted.length;
    return { start, end: from };
  });
}

const REACH = 12;

/** Lower case without a change of length, so that places stay places. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (sign) => (sign.toLowerCase().length === sign.length ? sign.toLowerCase() : sign)).join('');
}
