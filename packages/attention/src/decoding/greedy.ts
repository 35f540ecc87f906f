import type { Tensor } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';
import type { RecurrentState } from '../encoders/recurrentState.ts';
import type { Encoding, Seq2Seq } from '../seq2seq/seq2seq.ts';
import { checkMaxLength, DEFAULT_MAX_LENGTH, type DecodeOptions, type Decoding } from './decoding.ts';
import { free, stackRows, tidied } from './hold.ts';
import { checkSources, inEvaluation, sourceBatches, sourceTensors } from './sourceBatches.ts';

/** Steps that are taken before the device is asked whether all targets have ended. */
const STEPS_TOGETHER = 5;

/**
 * Writes each target word by word, always the most probable one, until its end or `maxLength`.
 *
 * A source's target is the same in any batch.
 *
 * @param sources - ids without their ends.
 * @throws {RangeError} for an id that is none of the source's words.
 *
 * @example
 * ```ts
 * const [{ ids, attention }] = await greedyDecode(model, [french.encode(['je', 'suis', 'pret'])]);
 * english.decode(ids); // ['i', 'm', 'ready']
 * ```
 */
export async function greedyDecode(
  model: Seq2Seq,
  sources: readonly (readonly number[])[],
  options: DecodeOptions = {},
): Promise<Decoding[]> {
  checkMaxLength(options.maxLength ?? DEFAULT_MAX_LENGTH);
  checkSources(model, sources);
  const decodings: Decoding[] = new Array(sources.length);
  await inEvaluation(model, async () => {
    for (const batch of sourceBatches(sources, options)) {
      options.signal?.throwIfAborted();
      const decoded = await decodeBatch(model, batch.sources, options);
      decoded.forEach((decoding, i) => {
        decodings[batch.places[i]!] = decoding;
      });
    }
  });
  return decodings;
}

/** What some steps of a batch gave, read back: `[N, steps]`, `[N, steps]`, `[N, steps, S]`. */
interface Steps {
  readonly count: number;
  readonly words: Int32Array;
  readonly logProbabilities: Float32Array;
  readonly weights: Float32Array | null;
}

async function decodeBatch(
  model: Seq2Seq,
  sources: readonly (readonly number[])[],
  options: DecodeOptions,
): Promise<Decoding[]> {
  const { maxLength = DEFAULT_MAX_LENGTH, sos = 0, eos = 1 } = options;
  const { backend } = model;
  const { source, lengths } = sourceTensors(backend, sources, options);
  const places = source.shape[1]!;
  const read: Steps[] = [];
  const ended = sources.map(() => false);
  const held: unknown[] = [source, lengths];
  try {
    const { encoding, start } = backend.run(() =>
      tidied(() => ({
        encoding: model.encode(source, lengths),
        start: tf.fill([sources.length, 1], sos, 'int32') as Tensor,
      })),
    );
    let before: Progress = { state: encoding.state, word: start };
    held.push(encoding, before);
    for (let step = 0; step < maxLength && !ended.every(Boolean); step += STEPS_TOGETHER) {
      const count = Math.min(STEPS_TOGETHER, maxLength - step);
      const { next, made } = backend.run(() => tidied(() => takeSteps(model, encoding, before, count)));
      held.push(next, made);
      free(before);
      before = next;
      const steps = await readSteps(made, count);
      read.push(steps);
      for (let row = 0; row < sources.length; row++) {
        ended[row] ||= steps.words.subarray(row * count, (row + 1) * count).includes(eos);
      }
    }
  } finally {
    free(held);
  }
  return sources.map(({ length }, row) => assemble(read, row, { eos, places, shown: length }));
}

/** Where a batch stands: the state after the last step, and the word that it gave, `[N, 1]`. */
interface Progress {
  readonly state: RecurrentState;
  readonly word: Tensor;
}

/** What steps gave, on the device. */
interface Made {
  readonly words: Tensor;
  readonly logProbabilities: Tensor;
  readonly weights: Tensor | null;
}

function takeSteps(
  model: Seq2Seq,
  { memory }: Encoding,
  { state: first, word: start }: Progress,
  count: number,
): { next: Progress; made: Made } {
  const words: Tensor[] = [];
  const logProbabilities: Tensor[] = [];
  const weights: Tensor[] = [];
  let state = first;
  let word = start;
  for (let step = 0; step < count; step++) {
    const decoded = model.decoder.forward(word, state, memory);
    state = decoded.state;
    word = tf.argMax(decoded.logits, 2);
    words.push(word);
    logProbabilities.push(tf.max(tf.logSoftmax(decoded.logits), 2));
    if (decoded.weights !== null) weights.push(decoded.weights);
  }
  const made = {
    words: tf.concat(words, 1),
    logProbabilities: tf.concat(logProbabilities, 1),
    weights: weights.length === 0 ? null : tf.concat(weights, 1),
  };
  return { next: { state, word }, made };
}

async function readSteps({ words, logProbabilities, weights }: Made, count: number): Promise<Steps> {
  const [ids, logs, alphas] = await Promise.all([words.data(), logProbabilities.data(), weights?.data()]);
  free([words, logProbabilities, weights]);
  return {
    count,
    words: ids as Int32Array,
    logProbabilities: logs as Float32Array,
    weights: (alphas as Float32Array | undefined) ?? null,
  };
}

/** A row's target, up to its end. */
function assemble(
  read: readonly Steps[],
  row: number,
  { eos, places, shown }: { eos: number; places: number; shown: number },
): Decoding {
  const ids: number[] = [];
  const attention: Float32Array[] = [];
  let logProbability = 0;
  let finished = false;
  for (const { count, words, logProbabilities, weights } of read) {
    for (let step = 0; step < count && !finished; step++) {
      const at = row * count + step;
      logProbability += logProbabilities[at]!;
      if (weights !== null) attention.push(weights.slice(at * places, at * places + shown));
      if (words[at] === eos) finished = true;
      else ids.push(words[at]!);
    }
  }
  return { ids, logProbability, score: logProbability, finished, attention: stackRows(attention, shown) };
}
