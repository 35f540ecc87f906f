import { basename } from 'node:path';
import {
  dateTask,
  groupBySource,
  type SequenceTaskName,
  type SyntheticSplit,
  sequenceTask,
  splitPairs,
  syntheticExamples,
  type TranslationPair,
} from '@flambeau/datasets';
import { loadPairFile, loadTranslationPairs } from '@flambeau/datasets/node';
import type { DataChoice } from '../commandLine/options.ts';
import type { Output } from '../console/output.ts';
import { downloadBar } from '../data/downloadBar.ts';
import { type SequenceTask, tokenize } from './sequenceTask.ts';

/** A source and its target, as tokens. */
export interface SequencePair {
  readonly source: readonly string[];
  readonly target: readonly string[];
}

/** A source with every target that is right. */
export interface TestSequence {
  readonly source: readonly string[];
  readonly references: readonly (readonly string[])[];
}

export interface SequenceData {
  readonly train: readonly SequencePair[];
  readonly valid: readonly SequencePair[];
  readonly test: readonly TestSequence[];
  /** `made` where examples are made, not collected. */
  readonly kind: string;
  readonly path: string;
  readonly checksums: Readonly<Record<string, string>>;
}

/** How many examples of a task that makes its own, unless its recipe needs another number to train. */
const madeExamples: Readonly<Record<SyntheticSplit, number>> = { train: 10_000, valid: 1000, test: 2000 };

export interface LoadSequencesOptions extends DataChoice {
  /** The first so many training pairs only; of tasks that make their own also no more to validate and test. */
  readonly limit?: number;
  /** How many a task that makes its own makes for training. */
  readonly trainExamples?: number;
  readonly signal?: AbortSignal;
}

/** The same for all runs, whatever their seed: they are compared on the same sentences. */
const splitSeed = 0;

/**
 * Loads or makes a task's pairs, split so that nothing in `test` or `valid` is in `train`, and says where they are from.
 */
export async function loadSequences(
  output: Output,
  task: SequenceTask,
  options: LoadSequencesOptions,
): Promise<SequenceData> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  if (task.task !== 'translation')
    return made(task, { ...madeExamples, train: options.trainExamples ?? madeExamples.train }, limit);
  const { pairs, kind, path, checksums } = await loadPairs(output, task, options);
  const { train, valid, test } = splitPairs(pairs, { seed: splitSeed });
  return { ...tokenized(task, { train: train.slice(0, limit), valid, test }), kind, path, checksums };
}

function made(task: SequenceTask, counts: typeof madeExamples, limit: number): SequenceData {
  const maker = task.task === 'dates' ? dateTask() : sequenceTask(task.task as SequenceTaskName);
  const draw = (split: SyntheticSplit) =>
    syntheticExamples(maker, { split, count: Math.min(limit, counts[split]), seed: splitSeed });
  const splits = { train: draw('train'), valid: draw('valid'), test: draw('test') };
  return { ...tokenized(task, splits), kind: 'made', path: '', checksums: {} };
}

async function loadPairs(
  output: Output,
  { direction, pairs: file, columns, raw, maxLength }: SequenceTask,
  { dataDir, offline = false, signal }: LoadSequencesOptions,
) {
  const bar = downloadBar(output);
  try {
    const prepared = { maxLength, ...(raw && { normalize: false as const }) };
    const { pairs, source } =
      file === undefined
        ? await loadTranslationPairs({
            ...prepared,
            dataDir,
            download: !offline,
            reverse: direction === 'fra-eng',
            // As they stand, sentences begin in capitals and with apostrophes.
            ...(raw && { prefixes: false as const }),
            signal,
            onProgress: bar.onProgress,
          })
        : await loadPairFile(file, { ...prepared, columns });
    bar.stop();
    output.say(source.sentence);
    if (pairs.length === 0) {
      throw new Error(
        `of ${basename(source.path)} no pair is left: both sides must have fewer than ${maxLength} words`,
      );
    }
    return { pairs, ...source };
  } finally {
    bar.stop();
  }
}

function tokenized(
  task: SequenceTask,
  { train, valid, test }: Readonly<Record<SyntheticSplit, readonly TranslationPair[]>>,
): Pick<SequenceData, SyntheticSplit> {
  const cut = (text: string) => tokenize(task, text);
  const cutPairs = (pairs: readonly TranslationPair[]) =>
    pairs.map(({ source, target }) => ({ source: cut(source), target: cut(target) }));
  return {
    train: cutPairs(train),
    valid: cutPairs(valid),
    test: groupBySource(test).map(({ source, references }) => ({
      source: cut(source),
      references: references.map(cut),
    })),
  };
}
