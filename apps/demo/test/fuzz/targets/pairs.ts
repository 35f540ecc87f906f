import { DataError, type ParsedPairs, parsePairs } from '@flambeau/datasets';
import { mutateBytes } from '../mutateBytes.ts';
import { mutateText } from '../mutateText.ts';
import type { Random } from '../random.ts';
import { agree, type FuzzTarget } from '../target.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const corpus = [
  encode('Go.\tVa !\nHi.\tSalut !\nI am 19.\tJ’ai 19 ans.\n'.repeat(30)),
  encode('\ufeffGo.\tVa !\tCC-BY 2.0\r\n\r\nWho?\tQui ?\tCC-BY 2.0\r\n'),
  encode('猫\tneko 🐈\n'),
];
const pieces = ['\t', '\t\t', '\n', '\r\n', '\r', '\u2028', '\ufeff', '\0', 'x'.repeat(5000), '\t\n', ' '];

function insert(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + random.pick(pieces) + text.slice(at);
}

/** Sentence pairs, one a line, in columns. */
export const pairFile: FuzzTarget<ParsedPairs> = {
  name: 'pairs',
  corpus,
  mutate(file, random) {
    if (random.chance(0.3)) return mutateBytes(file, random, corpus);
    const text = decode(file);
    return encode(random.chance(0.5) ? insert(insert(text, random), random) : mutateText(text, random));
  },
  read: (file) => parsePairs(file, { malformed: file.length % 2 === 0 ? 'error' : 'skip' }),
  isRefusal: (error) => error instanceof DataError && error.isDamage,
  check({ pairs, malformedLines }, file) {
    const lines = decode(file)
      .split('\n')
      .filter((line) => line.trim() !== '');
    agree(pairs.length + malformedLines.length === lines.length, 'every line is a pair or told of');
    agree(
      pairs.every(({ source, target }) => source !== '' && target !== '' && !/[\t\n]/.test(source + target)),
      'a pair is two sentences',
    );
    agree(malformedLines.length === 0 || file.length % 2 === 1, 'nothing is passed over unasked');
  },
};
