import { Generator } from '@flambeau/core/random';
import { DataError } from '../dataError.ts';
import type { TranslationPair } from '../translation/translationPair.ts';
import type { SyntheticTask } from './syntheticTask.ts';

export type SyntheticSplit = 'train' | 'valid' | 'test';

/** Of ten identities, one belongs to `valid`, one to `test`, the others to `train`. */
const splitOf = (identity: string): SyntheticSplit => (['valid', 'test'] as const)[hash(identity) % 10] ?? 'train';

/** So many examples in a row outside the wanted split can't be chance. */
const patience = 10_000;

/**
 * An endless stream of a task's examples. The example itself decides, by a hash of its identity, to which split it belongs:
 * whatever the seeds, the number of examples and the order in which they are asked for, what is in `test` is never in `train`.
 *
 * @param split which of the three streams
 * @param seed the same seed gives the same stream
 * @throws {DataError} `bad-argument` if the task has too few different examples to have any in this split
 */
export function* syntheticStream(
  task: SyntheticTask,
  { split, seed = 0 }: { readonly split: SyntheticSplit; readonly seed?: number | bigint | undefined },
): IterableIterator<TranslationPair, never> {
  // The name of the split enters the seed: streams of one seed do not run in step.
  const generator = new Generator().manualSeed(BigInt(seed) * 3n + BigInt(['train', 'valid', 'test'].indexOf(split)));
  for (let vain = 0; vain < patience; vain++) {
    const pair = task.sample(generator);
    if (splitOf(task.identityOf(pair)) !== split) continue;
    yield pair;
    vain = -1;
  }
  throw new DataError('bad-argument', `the task ${task.name} has too few different examples for a ${split} split`);
}

/** The first `count` examples of {@link syntheticStream}. */
export function syntheticExamples(
  task: SyntheticTask,
  options: { readonly split: SyntheticSplit; readonly count: number; readonly seed?: number | bigint | undefined },
): TranslationPair[] {
  const { count } = options;
  if (!Number.isInteger(count) || count < 0) {
    throw new DataError('bad-argument', `expected count to be a whole number of at least 0, got ${count}`);
  }
  const stream = syntheticStream(task, options);
  return Array.from({ length: count }, () => stream.next().value);
}

/** FNV-1a over UTF-16 code units, with MurmurHash3's finalizer, so that its remainders are even. */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
