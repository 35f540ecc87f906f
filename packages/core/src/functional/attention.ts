import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as attentionOps from '../ops/additiveAttention.ts';
import * as decoderOps from '../ops/attentionDecoder.ts';
import { GATES, type GatedCell } from '../ops/recurrentCell.ts';
import { expectShape, formatShape, type Labelled, ShapeError } from '../tensor/shape.ts';

export type { GatedCell } from '../ops/recurrentCell.ts';

/** Options of {@link additiveAttention}. */
export interface AdditiveAttentionOptions extends Labelled {
  /** Added to every score, `[1]`. The softmax cancels it: it changes no weight, and its gradient is 0. */
  readonly scoreBias?: Tensor | null;
  /** int32 `[N]`: how many of the S places of each row count. Default: all. */
  readonly lengths?: Tensor | null;
}

/** What an attention looked at. */
export interface Attended {
  /** c = Σ_j α_j·h_j, `[N, C]`, or `[N, T, C]` of several steps. */
  readonly context: Tensor;
  /** α, `[N, S]`, or `[N, T, S]` of several steps: each row sums to 1, places beyond the length have 0. */
  readonly weights: Tensor;
}

/**
 * Bahdanau's additive attention over keys and a query that are projected already:
 *
 * e_j = v·tanh(q + k_j) + b, α = softmax(e) over the places within the length, c = Σ_j α_j·h_j.
 *
 * Places beyond a row's length are not read, so padding changes nothing, whatever it holds. A row of length 0 has
 * nothing to look at: its context and its weights are 0.
 *
 * Shape: query `[N, A]`, or `[N, T, A]` for T steps at once; keys `[N, S, A]`, values `[N, S, C]`, scoreWeight (v)
 * `[A]` or `[1, A]` → context `[N, C]` and weights `[N, S]`, or `[N, T, C]` and `[N, T, S]`.
 *
 * @throws {ShapeError} if the sizes disagree; {TypeError} if the lengths are no integers.
 *
 * @example
 * ```ts
 * const query = F.linear(state, queryWeight, queryBias); // W·s
 * const { context, weights } = F.additiveAttention(query, keys, encoded, scoreWeight, { lengths });
 * ```
 *
 * Source: Bahdanau, Cho, Bengio, arXiv 1409.0473, section 3.1 and appendix A.1.2.
 */
export function additiveAttention(
  query: Tensor,
  keys: Tensor,
  values: Tensor,
  scoreWeight: Tensor,
  { label = 'additiveAttention', scoreBias, lengths }: AdditiveAttentionOptions = {},
): Attended {
  if (query.rank !== 2 && query.rank !== 3) {
    throw new ShapeError(`${label}: expected query of shape [N, A] or [N, T, A], got ${formatShape(query.shape)}`);
  }
  const shape = query.shape as readonly number[];
  const [batch, features] = [shape[0], shape[shape.length - 1]];
  expectMemory(label, keys, values, lengths, batch, features);
  expectScore(label, scoreWeight, scoreBias, features);
  return commonBackend(label, [query, keys, values, scoreWeight, scoreBias, lengths]).run(() => {
    const [context, weights] = attentionOps.additiveAttention(
      {
        ...{ query: query.rank === 3 ? query : tf.expandDims(query, 1), keys, values },
        ...{ scoreWeight: flat(scoreWeight), scoreBias: scoreBias ?? undefined, lengths: lengths ?? undefined },
      },
      {},
    );
    if (query.rank === 3) return { context, weights };
    return { context: tf.squeeze(context, [1]), weights: tf.squeeze(weights, [1]) };
  });
}

/** Whose state {@link attentionDecoder} begins with. */
export interface AttentionDecoderState {
  /** `[N, H]` */
  readonly h0: Tensor;
  /** `[N, H]`, of an LSTM and only there. */
  readonly c0?: Tensor | null;
}

/** The parameters of {@link attentionDecoder}, in PyTorch's layouts; G is 3 for a GRU, 4 for an LSTM. */
export interface AttentionDecoderWeights {
  /** W_q, `[A, H]` */
  readonly queryWeight: Tensor;
  /** `[A]` */
  readonly queryBias?: Tensor | null;
  /** v, `[A]` or `[1, A]` */
  readonly scoreWeight: Tensor;
  /** `[1]`. The softmax cancels it: its gradient is 0. */
  readonly scoreBias?: Tensor | null;
  /** The cell's weight_ih, `[G · H, E + C]` */
  readonly weightIh: Tensor;
  /** The cell's weight_hh, `[G · H, H]` */
  readonly weightHh: Tensor;
  /** `[G · H]` */
  readonly biasIh?: Tensor | null;
  /** `[G · H]` */
  readonly biasHh?: Tensor | null;
}

/** Options of {@link attentionDecoder}. */
export interface AttentionDecoderOptions extends Labelled {
  /** Default `'gru'`. */
  readonly cell?: GatedCell;
  /** What the columns of `weightIh` meet first: PyTorch's tutorial has `cat((embedded, context))`. Default `'embedded'`. */
  readonly first?: 'embedded' | 'context';
  /** int32 `[N]`: how many of the S places of each row count. Default: all. */
  readonly lengths?: Tensor | null;
}

/** What {@link attentionDecoder} gives. */
export interface AttentionDecoded {
  /** s of every step, `[N, T, H]` */
  readonly outputs: Tensor;
  /** c of every step, `[N, T, C]` */
  readonly contexts: Tensor;
  /** α of every step, `[N, T, S]` */
  readonly weights: Tensor;
  /** The state after the last step, `[N, H]`: what the next call begins with. */
  readonly hN: Tensor;
  /** `[N, H]`, of an LSTM. */
  readonly cN?: Tensor;
}

/**
 * A recurrent decoder with additive attention over T steps whose inputs are known (teacher forcing), or over one: at each
 * step, with the state s of the step before,
 *
 * q = W_q·s + b_q, c = Σ_j α_j·h_j with α = softmax_j(v·tanh(q + k_j)), s' = cell([x_t, c], s).
 *
 * Its gradient is derived by hand, through time as well: no tape is kept of the steps. All of what it returns is
 * differentiable.
 *
 * Shape: embedded (x: what was put out before each step, embedded, after dropout) `[N, T, E]`, keys `[N, S, A]` (projected
 * already), values `[N, S, C]`, state `[N, H]` → {@link AttentionDecoded}. A row of length 0 has contexts and weights 0.
 *
 * @throws {ShapeError} if the sizes disagree; {TypeError} if the lengths are no integers or a cell is given to a GRU.
 *
 * @example
 * ```ts
 * const { outputs } = F.attentionDecoder(embedded, keys, encoded, { h0 }, { ...attention, ...gru }, { lengths });
 * const logits = F.linear(outputs, classifier.weight, classifier.bias); // [32, 10, 2803]
 * ```
 *
 * Source: Bahdanau, Cho, Bengio, arXiv 1409.0473; the arrangement of PyTorch's tutorial "Translation with a sequence to
 * sequence network and attention".
 */
export function attentionDecoder(
  embedded: Tensor,
  keys: Tensor,
  values: Tensor,
  { h0, c0 }: AttentionDecoderState,
  parameters: AttentionDecoderWeights,
  { label = 'attentionDecoder', cell = 'gru', first = 'embedded', lengths }: AttentionDecoderOptions = {},
): AttentionDecoded {
  const { queryWeight, queryBias, scoreWeight, scoreBias, weightIh, weightHh, biasIh, biasHh } = parameters;
  if (embedded.rank !== 3 || embedded.shape[1] === 0) {
    throw new ShapeError(
      `${label}: expected embedded of shape [N, T, E] with at least one step, got ${formatShape(embedded.shape)}`,
    );
  }
  const [batch, steps, width] = embedded.shape as number[];
  if (h0.rank !== 2) throw new ShapeError(`${label}: expected h0 of shape [N, H], got ${formatShape(h0.shape)}`);
  const [size, features] = [h0.shape[1]!, queryWeight.shape[0]!];
  expectShape(label, 'h0', h0, [batch, size]);
  expectCell(label, cell, c0, [batch, size]);
  expectShape(label, 'queryWeight', queryWeight, [features, size]);
  if (queryBias) expectShape(label, 'queryBias', queryBias, [features]);
  expectMemory(label, keys, values, lengths, batch, features);
  expectScore(label, scoreWeight, scoreBias, features);
  const maps = GATES[cell] * size;
  expectShape(label, 'weightIh', weightIh, [maps, width + values.shape[2]!]);
  expectShape(label, 'weightHh', weightHh, [maps, size]);
  if (biasIh) expectShape(label, 'biasIh', biasIh, [maps]);
  if (biasHh) expectShape(label, 'biasHh', biasHh, [maps]);
  const all = [embedded, keys, values, h0, c0, lengths, ...Object.values(parameters)];
  return commonBackend(label, all).run(() => {
    const [outputs, contexts, weights, cells] = decoderOps.attentionDecoder(
      {
        ...{ embedded, keys, values, lengths: lengths ?? undefined, h0, c0: c0 ?? undefined },
        ...{ queryWeight, queryBias: queryBias ?? undefined },
        ...{ scoreWeight: flat(scoreWeight), scoreBias: scoreBias ?? undefined },
        ...{ weightIh, weightHh, biasIh: biasIh ?? undefined, biasHh: biasHh ?? undefined },
      },
      { cell, contextFirst: first === 'context' },
      cell === 'lstm' ? 4 : 3,
    );
    const last = (sequence: Tensor) => tf.reshape(tf.slice(sequence, [0, steps - 1, 0], [-1, 1, -1]), [batch, size]);
    return { outputs, contexts, weights, hN: last(outputs), ...(cells && { cN: last(cells) }) };
  });
}

const flat = (scoreWeight: Tensor): Tensor => (scoreWeight.rank === 1 ? scoreWeight : tf.reshape(scoreWeight, [-1]));

function expectMemory(
  label: string,
  keys: Tensor,
  values: Tensor,
  lengths: Tensor | null | undefined,
  batch: number,
  features: number,
): void {
  const places = keys.shape[1] ?? 0;
  if (keys.rank !== 3 || places === 0) {
    throw new ShapeError(
      `${label}: expected keys of shape [N, S, A] with at least one place, got ${formatShape(keys.shape)}`,
    );
  }
  expectShape(label, 'keys', keys, [batch, places, features]);
  if (values.rank !== 3) {
    throw new ShapeError(`${label}: expected values of shape [N, S, C], got ${formatShape(values.shape)}`);
  }
  expectShape(label, 'values', values, [batch, places, values.shape[2]!]);
  if (!lengths) return;
  expectShape(label, 'lengths', lengths, [batch]);
  if (lengths.dtype !== 'int32') throw new TypeError(`${label}: expected lengths of type int32, got ${lengths.dtype}`);
}

function expectScore(label: string, scoreWeight: Tensor, scoreBias: Tensor | null | undefined, features: number): void {
  if (scoreWeight.rank === 2) expectShape(label, 'scoreWeight', scoreWeight, [1, features]);
  else expectShape(label, 'scoreWeight', scoreWeight, [features]);
  if (scoreBias) expectShape(label, 'scoreBias', scoreBias, [1]);
}

function expectCell(label: string, cell: GatedCell, c0: Tensor | null | undefined, shape: readonly number[]): void {
  if (GATES[cell] === undefined) throw new RangeError(`${label}: expected cell 'gru' or 'lstm', got '${cell}'`);
  if (cell === 'lstm' && !c0) throw new TypeError(`${label}: expected c0 beside h0 for an LSTM, got none`);
  if (cell === 'gru' && c0) throw new TypeError(`${label}: expected no c0 for a GRU, which has no cell state`);
  if (c0) expectShape(label, 'c0', c0, shape);
}
