import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** The cells that remember, by PyTorch's names. */
export type GatedCell = 'gru' | 'lstm';

/** How many maps of the input a cell has: r, z, n of a GRU; i, f, g, o of an LSTM. */
export const GATES: Readonly<Record<GatedCell, number>> = { gru: 3, lstm: 4 };

/** One step of a batch, `[N, H]` each; `cell` is an LSTM's alone. */
export interface CellState {
  readonly hidden: Tensor;
  readonly cell?: Tensor;
}

/**
 * One step of PyTorch's GRU or LSTM from its input's maps and its state's, `[N, G · H]` each, biases included.
 *
 * `gates` `[N, 4 · H]` is what {@link cellBackward} needs: r, z, n and the state's map within n of a GRU; i, f, g, o of an LSTM.
 */
export function cellForward(
  kind: GatedCell,
  ofInput: Tensor,
  ofHidden: Tensor,
  state: CellState,
): CellState & { readonly gates: Tensor } {
  if (kind === 'gru') {
    const [inputR, inputZ, inputN] = tf.split(ofInput, 3, 1);
    const [hiddenR, hiddenZ, hiddenN] = tf.split(ofHidden, 3, 1);
    const r = tf.sigmoid(tf.add(inputR, hiddenR));
    const z = tf.sigmoid(tf.add(inputZ, hiddenZ));
    const n = tf.tanh(tf.add(inputN, tf.mul(r, hiddenN)));
    const hidden = tf.add(n, tf.mul(z, tf.sub(state.hidden, n)));
    return { hidden, gates: tf.concat([r, z, n, hiddenN], 1) };
  }
  const [inputI, inputF, inputG, inputO] = tf.split(tf.add(ofInput, ofHidden), 4, 1);
  const [i, f, o] = [tf.sigmoid(inputI), tf.sigmoid(inputF), tf.sigmoid(inputO)];
  const g = tf.tanh(inputG);
  const cell = tf.add(tf.mul(f, state.cell!), tf.mul(i, g));
  return { hidden: tf.mul(o, tf.tanh(cell)), cell, gates: tf.concat([i, f, g, o], 1) };
}

/**
 * The gradients of {@link cellForward}: by both maps `[N, G · H]`, and by the state it began with as far as it was read
 * directly, not through its map.
 *
 * @param gradient - by the state that the step ended with
 * @param before - the state it began with
 * @param after - the cell it ended with (LSTM)
 */
export function cellBackward(
  kind: GatedCell,
  gradient: CellState,
  gates: Tensor,
  before: CellState,
  after: Tensor | undefined,
): { ofInput: Tensor; ofHidden: Tensor; state: CellState } {
  const size = before.hidden.shape[1]!;
  if (kind === 'gru') {
    const [r, z, n, hiddenN] = tf.split(gates, [size, size, size, size], 1);
    const byN = tf.mul(tf.mul(gradient.hidden, tf.sub(1, z)), tf.sub(1, tf.square(n)));
    const byZ = tf.mul(tf.mul(gradient.hidden, tf.sub(before.hidden, n)), tf.mul(z, tf.sub(1, z)));
    const byR = tf.mul(tf.mul(byN, hiddenN), tf.mul(r, tf.sub(1, r)));
    return {
      ofInput: tf.concat([byR, byZ, byN], 1),
      ofHidden: tf.concat([byR, byZ, tf.mul(byN, r)], 1),
      state: { hidden: tf.mul(gradient.hidden, z) },
    };
  }
  const [i, f, g, o] = tf.split(gates, [size, size, size, size], 1);
  const squashed = tf.tanh(after!);
  const throughHidden = tf.mul(tf.mul(gradient.hidden, o), tf.sub(1, tf.square(squashed)));
  const byCell = tf.add(gradient.cell!, throughHidden);
  const slope = (gate: Tensor) => tf.mul(gate, tf.sub(1, gate));
  const maps = tf.concat(
    [
      tf.mul(tf.mul(byCell, g), slope(i)),
      tf.mul(tf.mul(byCell, before.cell!), slope(f)),
      tf.mul(tf.mul(byCell, i), tf.sub(1, tf.square(g))),
      tf.mul(tf.mul(gradient.hidden, squashed), slope(o)),
    ],
    1,
  );
  return { ofInput: maps, ofHidden: maps, state: { hidden: tf.zerosLike(gradient.hidden), cell: tf.mul(byCell, f) } };
}
