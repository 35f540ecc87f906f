import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import { expectShape, formatShape, type Labelled, ShapeError } from '../tensor/shape.ts';
import { gruKind, type LstmState, lstmKind, type Nonlinearity, rnnKind } from './recurrent.ts';
import { expectCell, type RecurrentKind } from './recurrentStack.ts';

export interface RnnCellOptions extends Labelled {
  /** Default `'tanh'`. */
  readonly nonlinearity?: Nonlinearity;
}

/**
 * One step of {@link rnn} (`torch.rnn_tanh_cell`, `torch.rnn_relu_cell`).
 *
 * Shape: input `[N, I]` or `[I]`, state `[N, H]` or `[H]`, none meaning zeros, weightIh `[H, I]`, weightHh `[H, H]`, biases
 * `[H]` → the next state, as the state.
 *
 * @throws {ShapeError} if the sizes disagree.
 */
export function rnnCell(
  input: Tensor,
  state: Tensor | null | undefined,
  weightIh: Tensor,
  weightHh: Tensor,
  biasIh?: Tensor | null,
  biasHh?: Tensor | null,
  { label = 'rnnCell', nonlinearity = 'tanh' }: RnnCellOptions = {},
): Tensor {
  const weights = { weightIh, weightHh, biasIh: biasIh ?? undefined, biasHh: biasHh ?? undefined };
  return oneStep(rnnKind(nonlinearity), label, input, [state], weights)[0]!;
}

/**
 * One step of {@link gru} (`torch.gru_cell`).
 *
 * Shape: as {@link rnnCell}, weightIh `[3·H, I]`, weightHh `[3·H, H]`, biases `[3·H]`.
 *
 * @throws {ShapeError} if the sizes disagree.
 */
export function gruCell(
  input: Tensor,
  state: Tensor | null | undefined,
  weightIh: Tensor,
  weightHh: Tensor,
  biasIh?: Tensor | null,
  biasHh?: Tensor | null,
  { label = 'gruCell' }: Labelled = {},
): Tensor {
  const weights = { weightIh, weightHh, biasIh: biasIh ?? undefined, biasHh: biasHh ?? undefined };
  return oneStep(gruKind, label, input, [state], weights)[0]!;
}

/**
 * One step of {@link lstm} (`torch.lstm_cell`).
 *
 * Shape: as {@link rnnCell}, with two states, weightIh `[4·H, I]`, weightHh `[4·H, H]`, biases `[4·H]` → both next states.
 *
 * @throws {ShapeError} if the sizes disagree.
 */
export function lstmCell(
  input: Tensor,
  states: LstmState | null | undefined,
  weightIh: Tensor,
  weightHh: Tensor,
  biasIh?: Tensor | null,
  biasHh?: Tensor | null,
  { label = 'lstmCell' }: Labelled = {},
): LstmState {
  const weights = { weightIh, weightHh, biasIh: biasIh ?? undefined, biasHh: biasHh ?? undefined };
  const [h, c] = oneStep(lstmKind, label, input, states ?? [], weights);
  return [h!, c!];
}

/** A sequence of one step: the states that it ends with. */
function oneStep(
  kind: RecurrentKind,
  label: string,
  input: Tensor,
  given: readonly (Tensor | null | undefined)[],
  weights: Parameters<typeof expectCell>[2],
): Tensor[] {
  const [features, hidden] = [weights.weightIh.shape[1] ?? -1, weights.weightHh.shape[1] ?? -1];
  expectCell(label, { gates: kind.gates, features, hidden }, weights);
  if (input.rank !== 1 && input.rank !== 2) {
    throw new ShapeError(`${label}: expected an input of shape [N, I] or [I], got ${formatShape(input.shape)}`);
  }
  if (input.shape[input.rank - 1] !== features) {
    throw new ShapeError(
      `${label}: expected ${features} input features, got ${input.shape[input.rank - 1]} (input ${formatShape(input.shape)})`,
    );
  }
  const batch = input.rank === 2 ? input.shape[0] : 1;
  const stateShape = input.rank === 2 ? [batch, hidden] : [hidden];
  return commonBackend(label, [input, ...given, ...Object.values(weights)]).run(() => {
    const states = kind.states.map((name, i) => {
      const state = given[i];
      if (!state) return tf.zeros([batch, hidden]);
      expectShape(label, name, state, stateShape);
      return input.rank === 2 ? state : tf.reshape(state, [1, hidden]);
    });
    const [, ...next] = kind.run({ ...weights, input: tf.reshape(input, [1, batch, features]) }, states, false);
    return next.map((state) => (input.rank === 2 ? state : tf.reshape(state, stateShape)));
  });
}
