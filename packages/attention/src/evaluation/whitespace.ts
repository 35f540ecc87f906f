/** What Python's `str.split()` splits at: JavaScript's `\s` has a byte order mark more and four separators fewer. */
const WHITESPACE = '[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const between = new RegExp(WHITESPACE, 'g');
const atTheEnd = new RegExp(`${WHITESPACE}$`);

/** The words between white space, as Python's `str.split()`. */
export function splitWords(text: string): string[] {
  return text.split(between).filter((word) => word !== '');
}

/** As Python's `str.rstrip()`. */
export function trimRight(text: string): string {
  return text.replace(atTheEnd, '');
}
