/**
 * What stands between white space, as it is written: for texts that are tokenized already, as `str.split()`.
 *
 * @example
 * ```ts
 * whitespaceTokenizer(' A  fine\nfilm. '); // ['A', 'fine', 'film.']
 * ```
 */
export function whitespaceTokenizer(text: string): string[] {
  return text.match(/\S+/g) ?? [];
}
