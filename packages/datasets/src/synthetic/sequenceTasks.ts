import { DataError } from '../dataError.ts';
import { drawBetween, drawFrom, type SyntheticTask } from './syntheticTask.ts';

export type SequenceTaskName = 'copy' | 'reverse' | 'sort';

export interface SequenceTaskOptions {
  /** The tokens; `sort` puts them into this order. Default: the letters a to z. */
  readonly alphabet?: readonly string[] | undefined;
  /** Default: 5. */
  readonly minLength?: number | undefined;
  /** Default: 30. */
  readonly maxLength?: number | undefined;
}

type Rule = (tokens: readonly string[], alphabet: readonly string[]) => string[];

const rules: Readonly<Record<SequenceTaskName, Rule>> = {
  copy: (tokens) => [...tokens],
  reverse: (tokens) => [...tokens].reverse(),
  sort: (tokens, alphabet) => {
    const rank = new Map(alphabet.map((token, index) => [token, index] as const));
    return [...tokens].sort((a, b) => (rank.get(a) as number) - (rank.get(b) as number));
  },
};

export const sequenceTaskNames = Object.keys(rules) as readonly SequenceTaskName[];

/**
 * Copy, reverse or sort a random sequence of tokens: the tasks on which one sees what an encoder can hold in one vector, and
 * what attention adds. Lengths are uniform in [minLength, maxLength], tokens uniform in the alphabet, with repetition.
 *
 * @throws {DataError} `bad-argument` for lengths or an alphabet that make no sequences
 *
 * @example
 * ```ts
 * const task = sequenceTask('reverse', { minLength: 5, maxLength: 30 });
 * const [pair] = syntheticExamples(task, { split: 'train', count: 1, seed: 0 }); // { source: 'd a c k e', target: 'e k c a d' }
 * ```
 */
export function sequenceTask(name: SequenceTaskName, options: SequenceTaskOptions = {}): SyntheticTask {
  const { alphabet = [...'abcdefghijklmnopqrstuvwxyz'], minLength = 5, maxLength = 30 } = options;
  if (!Number.isInteger(minLength) || !Number.isInteger(maxLength) || minLength < 1 || maxLength < minLength) {
    throw new DataError(
      'bad-argument',
      `expected lengths 1 ≤ minLength ≤ maxLength, got ${minLength} and ${maxLength}`,
    );
  }
  const isToken = (token: string) => token !== '' && !/\s/.test(token);
  if (alphabet.length < 2 || new Set(alphabet).size < alphabet.length || !alphabet.every(isToken)) {
    throw new DataError(
      'bad-argument',
      `expected an alphabet of two or more different tokens without spaces, got ${JSON.stringify(alphabet)}`,
    );
  }
  const rule = rules[name];
  return {
    name,
    tokens: 'words',
    sample(generator) {
      const length = drawBetween(generator, minLength, maxLength);
      const tokens = Array.from({ length }, () => drawFrom(generator, alphabet));
      return { source: tokens.join(' '), target: rule(tokens, alphabet).join(' ') };
    },
    identityOf: ({ source }) => source,
  };
}
