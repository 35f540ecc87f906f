const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/**
 * The document with what stands between the two markers replaced.
 *
 * @throws {Error} if the markers are not there exactly once, in order.
 */
export function replaceBetweenMarkers(document: string, text: string): string {
  const [before, rest, ...more] = document.split(BEGIN);
  const [old, after, ...evenMore] = rest?.split(END) ?? [];
  if (old === undefined || after === undefined || more.length + evenMore.length > 0) {
    throw new Error(`expected the markers ${BEGIN} and ${END} once each, in this order`);
  }
  return `${before}${BEGIN}\n${text.trim()}\n${END}${after}`;
}
