import { type Backend, hostArray, type Tensor } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Memory } from '../attention/memory.ts';
import { type RecurrentState, takeState } from '../encoders/recurrentState.ts';
import { filled } from '../seq2seq/batch.ts';
import type { Encoding, Seq2Seq } from '../seq2seq/seq2seq.ts';
import { Beam, type BeamRules, type Candidate, type RowStep } from './beam.ts';
import { checkMaxLength, DEFAULT_MAX_LENGTH, type DecodeOptions, type Decoding } from './decoding.ts';
import { free, stackRows, tidied } from './hold.ts';
import { checkSources, inEvaluation, sourceBatches, sourceTensors } from './sourceBatches.ts';

/** Options of {@link beamSearch}. */
export interface BeamSearchOptions extends DecodeOptions {
  /** How many beginnings live on in each step. Default 5. */
  readonly beamSize?: number;
  /**
   * α of the score log p / length^α: with 0 short targets win, with 1 targets are compared by their mean per word.
   * Default 1.
   */
  readonly lengthPenalty?: number;
  /** How many targets are given for each source, at most `beamSize`. Default 1. */
  readonly nBest?: number;
}

/**
 * Writes targets by beam search: of all beginnings the `beamSize` most probable live on. All sources of a batch, and all
 * that lives of them, go through the model together; a source's targets are the same in any batch.
 *
 * @param sources - ids without their ends.
 * @returns for each source its best targets by falling score: those that came to their end, then those that were cut off.
 * @throws {RangeError} for an id that is none of the source's words, and for options out of range.
 *
 * @example
 * ```ts
 * const [[best, second]] = await beamSearch(model, [french.encode(words)], { beamSize: 5, nBest: 2 });
 * ```
 */
export async function beamSearch(
  model: Seq2Seq,
  sources: readonly (readonly number[])[],
  options: BeamSearchOptions = {},
): Promise<Decoding[][]> {
  const { beamSize = 5, lengthPenalty = 1, nBest = 1, maxLength = DEFAULT_MAX_LENGTH, eos = 1 } = options;
  checkMaxLength(maxLength);
  if (!Number.isInteger(beamSize) || beamSize < 1) {
    throw new RangeError(`beamSearch: expected beamSize whole and above 0, got ${beamSize}`);
  }
  if (!Number.isInteger(nBest) || nBest < 1 || nBest > beamSize) {
    throw new RangeError(`beamSearch: expected nBest from 1 to the beam size, ${beamSize}, got ${nBest}`);
  }
  if (!(lengthPenalty >= 0 && Number.isFinite(lengthPenalty))) {
    throw new RangeError(`beamSearch: expected lengthPenalty of at least 0, got ${lengthPenalty}`);
  }
  checkSources(model, sources);
  const rules = { beamSize, lengthPenalty, maxLength, eos, nBest };
  const found: Decoding[][] = new Array(sources.length);
  await inEvaluation(model, async () => {
    for (const batch of sourceBatches(sources, options)) {
      options.signal?.throwIfAborted();
      const decoded = await searchBatch(model, batch.sources, rules, options);
      decoded.forEach((decodings, i) => {
        found[batch.places[i]!] = decodings;
      });
    }
  });
  return found;
}

async function searchBatch(
  model: Seq2Seq,
  sources: readonly (readonly number[])[],
  rules: BeamRules,
  options: BeamSearchOptions,
): Promise<Decoding[][]> {
  const { sos = 0 } = options;
  const { backend } = model;
  const { source, lengths } = sourceTensors(backend, sources, options);
  const beams = sources.map(() => new Beam(rules));
  const held: unknown[] = [source, lengths];
  try {
    const encoding = backend.run(() => tidied(() => model.encode(source, lengths)));
    held.push(encoding);
    let state = encoding.state;
    const memories = new Memories(encoding, backend);
    for (;;) {
      // One row for each hypothesis that lives, source by source.
      const going = beams.flatMap((beam, at) => (beam.done ? [] : [{ beam, at }]));
      const rows = going.flatMap(({ beam, at }) => beam.live.map((hypothesis) => ({ hypothesis, at })));
      if (rows.length === 0) break;
      const memory = memories.of(rows.map(({ at }) => at));
      const words = backend.tensor(
        filled(
          rows.map(({ hypothesis }) => [hypothesis.ids.at(-1) ?? sos]),
          0,
          1,
        ),
      );
      const from = intTensor(
        backend,
        rows.map(({ hypothesis, at }) => (hypothesis.ids.length === 0 ? at : hypothesis.row)),
      );
      held.push(memory, words, from);
      const step = backend.run(() => tidied(() => takeStep(model, { state, from, words, memory }, rules.beamSize + 1)));
      held.push(step);
      free([state, words, from]);
      state = step.state;
      const read = await readStep(
        step,
        rows.map(({ at }) => sources[at]!.length),
      );
      let first = 0;
      for (const { beam } of going) {
        const count = beam.live.length;
        const own = Array.from({ length: count }, (_, i) => first + i);
        beam.advance(read.slice(first, first + count), own);
        first += count;
      }
    }
  } finally {
    free(held);
  }
  return beams.map((beam, at) => beam.best.map((candidate) => toDecoding(candidate, sources[at]!.length)));
}

/** What the rows of a step look at: copied only when other sources are at work than in the step before. */
class Memories {
  private readonly encoding: Encoding;
  private readonly backend: Backend;
  private current: Memory | null;
  private places: readonly number[];

  constructor(encoding: Encoding, backend: Backend) {
    this.encoding = encoding;
    this.backend = backend;
    this.current = encoding.memory;
    this.places = Array.from({ length: encoding.state.hidden.shape[1]! }, (_, place) => place);
  }

  of(places: readonly number[]): Memory | null {
    const { memory } = this.encoding;
    if (memory === null || String(places) === String(this.places)) return this.current;
    if (this.current !== memory) free(this.current);
    this.places = places;
    this.current = this.backend.run(() =>
      tidied(() => {
        const rows = tf.tensor1d([...places], 'int32');
        const take = (tensor: Tensor) => tf.gather(tensor, rows);
        const values = take(memory.values);
        const keys = memory.keys === memory.values ? values : take(memory.keys);
        return { values, keys, lengths: memory.lengths && take(memory.lengths) };
      }),
    );
    return this.current;
  }
}

interface Step {
  readonly state: RecurrentState;
  /** The best words of each row and their logarithms, `[R, k]`. */
  readonly ids: Tensor;
  readonly logProbabilities: Tensor;
  /** `[R, 1, S]` */
  readonly weights: Tensor | null;
}

function takeStep(
  model: Seq2Seq,
  { state, from, words, memory }: { state: RecurrentState; from: Tensor; words: Tensor; memory: Memory | null },
  count: number,
): Step {
  const decoded = model.decoder.forward(words, takeState(state, from), memory);
  const all = tf.squeeze(tf.logSoftmax(decoded.logits), [1]);
  const { values, indices } = tf.topk(all, Math.min(count, model.decoder.outputSize));
  return { state: decoded.state, ids: indices, logProbabilities: values, weights: decoded.weights };
}

async function readStep({ ids, logProbabilities, weights }: Step, places: readonly number[]): Promise<RowStep[]> {
  const [words, logs, alphas] = await Promise.all([ids.data(), logProbabilities.data(), weights?.data()]);
  const count = ids.shape[1]!;
  const width = weights === null ? 0 : (weights.shape as number[])[2]!;
  free([ids, logProbabilities, weights]);
  return places.map((shown, row) => ({
    ids: words.slice(row * count, (row + 1) * count),
    logProbabilities: logs.slice(row * count, (row + 1) * count),
    weights: alphas === undefined ? null : (alphas as Float32Array).slice(row * width, row * width + shown),
  }));
}

const intTensor = (backend: Backend, values: readonly number[]): Tensor =>
  backend.tensor(hostArray('int32', [values.length], Int32Array.from(values)));

function toDecoding({ ids, logProbability, score, finished, attention }: Candidate, places: number): Decoding {
  return { ids, logProbability, score, finished, attention: stackRows(attention, places) };
}
