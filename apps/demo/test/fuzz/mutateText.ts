import type { Random } from './random.ts';

const NUMBERS = ['0', '-1', '1', '1.5', '1e9', '1e400', '-0', '4294967296', '9007199254740993', '99999999999999999999'];
const PIECES = ['{', '}', '[', ']', '(', ')', '"', "'", ',', ':', '\\', '\n', ' ', 'null', 'true', '\0', '\ud800', 'é'];

type TextMutation = (text: string, random: Random) => string;

const replaceOne = (text: string, pattern: RegExp, random: Random, by: (match: string) => string): string => {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const { index, 0: match } = random.pick(matches);
  return text.slice(0, index) + by(match) + text.slice(index + match.length);
};

const mutations: readonly TextMutation[] = [
  (text, random) =>
    replaceOne(text, /-?\d+(\.\d+)?/g, random, (match) =>
      random.chance(0.5) ? String(random.number(Number(match))) : random.pick(NUMBERS),
    ),
  // One word becomes another that stands in the text.
  (text, random) => {
    const words = text.match(/["']?[\w.]+["']?/g);
    return words === null ? text : replaceOne(text, /["']?[\w.]+["']?/g, random, () => random.pick(words));
  },
  (text, random) => replaceOne(text, /[{}[\](),:"']/g, random, () => random.pick(PIECES)),
  (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(PIECES) + text.slice(at);
  },
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + text.slice(at + 1 + random.below(8));
  },
  // A part twice: keys that stand twice, too.
  (text, random) => {
    const at = random.below(text.length);
    const piece = text.slice(at, at + 1 + random.below(80));
    return text.slice(0, at) + piece + (random.chance(0.3) ? ',' : '') + text.slice(at);
  },
  // Depth.
  (text, random) => {
    const depth = random.pick([1, 10, 1000, 50_000]);
    return replaceOne(text, /[\w"'.]+/g, random, (word) => '['.repeat(depth) + word + ']'.repeat(depth));
  },
  (text, random) => text.slice(0, random.below(text.length + 1)),
];

/** A few changes to a text that consists of brackets, words and numbers. */
export function mutateText(text: string, random: Random): string {
  let changed = text;
  for (let left = 1 + random.below(3); left > 0; left--) changed = random.pick(mutations)(changed, random);
  return changed;
}
