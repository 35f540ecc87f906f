import type { Tensor } from '@tensorflow/tfjs-core';
import { gru as gruOp } from '../ops/gru.ts';
import { lstm as lstmOp } from '../ops/lstm.ts';
import { type Nonlinearity, rnn as rnnOp } from '../ops/rnn.ts';
import type { PackedSequence } from './packedSequence.ts';
import { type RecurrentKind, type RecurrentOptions, runLayers, type SequenceInput } from './recurrentStack.ts';

export type { Nonlinearity, RecurrentOptions };

export interface RnnOptions extends RecurrentOptions {
  /** Default `'tanh'`. */
  readonly nonlinearity?: Nonlinearity;
}

export const rnnKind = (nonlinearity: Nonlinearity): RecurrentKind => ({
  gates: 1,
  states: ['h0'],
  run: (sequence, [h0], reverse) => rnnOp({ ...sequence, h0: h0! }, { reverse, nonlinearity }),
});

export const gruKind: RecurrentKind = {
  gates: 3,
  states: ['h0'],
  run: (sequence, [h0], reverse) => gruOp({ ...sequence, h0: h0! }, { reverse }),
};

export const lstmKind: RecurrentKind = {
  gates: 4,
  states: ['h0', 'c0'],
  run: (sequence, [h0, c0], reverse) => lstmOp({ ...sequence, h0: h0!, c0: c0! }, { reverse }),
};

/**
 * A plain recurrent network over a sequence (`torch.rnn_tanh`, `torch.rnn_relu`): in each layer, at each step,
 *
 * h′ = f(W_ih·x + b_ih + W_hh·h + b_hh), f being tanh or ReLU.
 *
 * Shape: input `[T, N, I]` (`[N, T, I]` if `batchFirst`), `[T, I]` for one sequence, or a {@link PackedSequence}; h0
 * `[L·D, N, H]` (`[L·D, H]` for one sequence), none meaning zeros, with L layers and D = 2 directions if bidirectional,
 * else 1; weights in PyTorch's order: for each layer, for each direction, W_ih `[H, I]` (`[H, D·H]` from the second layer
 * on), W_hh `[H, H]`, and, if `hasBiases`, b_ih and b_hh `[H]` → output as the input with D·H features, the last states
 * as h0.
 *
 * @throws {ShapeError} if the sizes disagree; {RangeError} if a length is not between 0 and T.
 */
export function rnn(
  input: Tensor,
  h0: Tensor | null | undefined,
  weights: readonly Tensor[],
  options?: RnnOptions,
): [Tensor, Tensor];
export function rnn(
  input: PackedSequence,
  h0: Tensor | null | undefined,
  weights: readonly Tensor[],
  options?: RnnOptions,
): [PackedSequence, Tensor];
export function rnn(
  input: SequenceInput,
  h0: Tensor | null | undefined,
  weights: readonly Tensor[],
  options: RnnOptions = {},
): [SequenceInput, Tensor] {
  const kind = rnnKind(options.nonlinearity ?? 'tanh');
  const { output, states } = runLayers(kind, input, [h0], weights, { ...options, label: options.label ?? 'rnn' });
  return [output, states[0]!];
}

/**
 * A GRU over a sequence (`torch.gru`): in each layer, at each step,
 *
 * r = σ(W_ir·x + b_ir + W_hr·h + b_hr), z = σ(W_iz·x + b_iz + W_hz·h + b_hz),
 * n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn)), h′ = (1 − z)·n + z·h.
 *
 * Shape: as {@link rnn}, the weights with the rows of r, z and n one below the other: `[3·H, I]`, `[3·H, H]`, `[3·H]`.
 *
 * @throws {ShapeError} if the sizes disagree; {RangeError} if a length is not between 0 and T.
 *
 * Source: Cho et al., arXiv 1406.1078, with the reset gate behind the product, as cuDNN and PyTorch have it.
 */
export function gru(
  input: Tensor,
  h0: Tensor | null | undefined,
  weights: readonly Tensor[],
  options?: RecurrentOptions,
): [Tensor, Tensor];
export function gru(
  input: PackedSequence,
  h0: Tensor | null | undefined,
  weights: readonly Tensor[],
  options?: RecurrentOptions,
): [PackedSequence, Tensor];
export function gru(
  input: SequenceInput,
  h0: Tensor | null | undefined,
  weights: readonly Tensor[],
  options: RecurrentOptions = {},
): [SequenceInput, Tensor] {
  const { output, states } = runLayers(gruKind, input, [h0], weights, { ...options, label: options.label ?? 'gru' });
  return [output, states[0]!];
}

/** The two states of an LSTM: h and c. */
export type LstmState = readonly [Tensor, Tensor];

/**
 * An LSTM over a sequence (`torch.lstm`): in each layer, at each step,
 *
 * i = σ(W_ii·x + b_ii + W_hi·h + b_hi), f = σ(W_if·x + b_if + W_hf·h + b_hf),
 * g = tanh(W_ig·x + b_ig + W_hg·h + b_hg), o = σ(W_io·x + b_io + W_ho·h + b_ho),
 * c′ = f·c + i·g, h′ = o·tanh(c′).
 *
 * Shape: as {@link rnn}, the weights with the rows of i, f, g and o one below the other: `[4·H, I]`, `[4·H, H]`, `[4·H]`;
 * h0 and c0 in a pair, and the last h and c, too.
 *
 * @throws {ShapeError} if the sizes disagree; {RangeError} if a length is not between 0 and T.
 *
 * Source: Hochreiter and Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997).
 */
export function lstm(
  input: Tensor,
  states: LstmState | null | undefined,
  weights: readonly Tensor[],
  options?: RecurrentOptions,
): [Tensor, LstmState];
export function lstm(
  input: PackedSequence,
  states: LstmState | null | undefined,
  weights: readonly Tensor[],
  options?: RecurrentOptions,
): [PackedSequence, LstmState];
export function lstm(
  input: SequenceInput,
  states: LstmState | null | undefined,
  weights: readonly Tensor[],
  options: RecurrentOptions = {},
): [SequenceInput, LstmState] {
  const labelled = { ...options, label: options.label ?? 'lstm' };
  const result = runLayers(lstmKind, input, states ?? [], weights, labelled);
  return [result.output, [result.states[0]!, result.states[1]!]];
}
