/**
 * A recurrent layer over a batch of sequences in one direction. Rows of the batch are shared out to the threads, each of which
 * takes its rows through all steps: so none waits for another. The weight is packed once for all steps.
 */
import { gruRow, lstmRow } from "./gatedCell";
import { multiplyPacked, packLeft } from "./packedProduct";
import { rnnRow } from "./rnnCell";

export const RNN_RELU: i32 = 1;
export const GRU: i32 = 2;
export const LSTM: i32 = 3;

/** How many gates a kind has: 0 is a plain layer with tanh, 1 one with ReLU. */
// @ts-ignore: decorator
@inline
export function gateCount(kind: i32): i32 {
  return kind == LSTM ? 4 : kind == GRU ? 3 : 1;
}

/** Where the tensors are and how large, as the host writes it: i32 in this order. What there is none of is 0. */
@unmanaged
export class Recurrent {
  kind: i32;
  steps: i32;
  batch: i32;
  units: i32;
  /** Whether to go from the last step to the first. */
  reverse: i32;
  /** [batch] */
  lengths: usize;
  /** [batch, units], as all states. */
  h0: usize;
  c0: usize;
  /** W_hh packed: forward for products with its transpose, backward for those with itself. */
  panels: usize;
  /** [steps, batch, units], as the cells. */
  output: usize;
  /** [steps, batch, 4 · units] */
  gates: usize;
  cells: usize;
  /** From here on forward alone. x·W_ihᵀ + b_ih: [steps, batch, gates · units] */
  ofInput: usize;
  biasHh: usize;
  hn: usize;
  cn: usize;
  /** From here on for the gradient alone. */
  gradOutput: usize;
  gradHn: usize;
  gradCn: usize;
  /** Of x·W_ihᵀ, and, for a GRU, of h·W_hhᵀ: [steps, batch, gates · units] */
  gradX: usize;
  gradH: usize;
  /** Hold the gradients by the present states meanwhile. */
  gradH0: usize;
  gradC0: usize;
  /** The state that each step began with: [steps, batch, units] */
  before: usize;
}

/** Bytes of scratch memory of a part. */
export function recurrentScratchBytes(batch: i32, units: i32, kind: i32): i32 {
  return ((batch * (2 * gateCount(kind) * units + 1) + units + 4) << 2) + 5 * 64;
}

// @ts-ignore: decorator
@inline
export function aligned(pointer: usize): usize {
  return (pointer + 63) & ~63;
}

// @ts-ignore: decorator
@inline
export function lengthOf(r: Recurrent, n: i32): i32 {
  return r.lengths ? max(0, min(load<i32>(r.lengths + ((<usize>n) << 2)), r.steps)) : r.steps;
}

/** Where the state of row `n` is that step `t` begins with: `first` or a row of `states`, which steps have ended with. */
// @ts-ignore: decorator
@inline
export function stateBefore(r: Recurrent, states: usize, first: usize, t: i32, n: i32): usize {
  const row = (<usize>r.units) << 2;
  const earlier = r.reverse ? t + 1 : t - 1;
  if (earlier < 0 || earlier >= lengthOf(r, n)) return first + <usize>n * row;
  return states + <usize>(earlier * r.batch + n) * row;
}

/**
 * The step's rows [begin, end) that are there are listed at `list`; how many. Lists all of them without lengths.
 */
// @ts-ignore: decorator
@inline
export function listPresent(r: Recurrent, t: i32, begin: i32, end: i32, list: usize): i32 {
  let count = 0;
  for (let n = begin; n < end; n++) {
    if (t >= lengthOf(r, n)) continue;
    store<i32>(list + ((<usize>count) << 2), n);
    count++;
  }
  return count;
}

/** Rows [begin, end) of the sequences through all steps. */
export function recurrentForward(recurrent: usize, scratch: usize, begin: i32, end: i32): void {
  const r = changetype<Recurrent>(recurrent);
  const rows = end - begin;
  const width = gateCount(r.kind) * r.units;
  const row = (<usize>r.units) << 2;
  const wide = (<usize>width) << 2;
  const packed = aligned(scratch);
  const ofHidden = aligned(packed + <usize>rows * row);
  const list = aligned(ofHidden + <usize>rows * wide);
  // States that do not lie one behind the other are put there first, where their products come later.
  const gathered = ofHidden;
  for (let s = 0; s < r.steps; s++) {
    const t = r.reverse ? r.steps - 1 - s : s;
    const present = listPresent(r, t, begin, end, list);
    if (present < rows) clearAbsent(r, t, begin, end);
    if (present == 0) continue;
    let states = stateBefore(r, r.output, r.h0, t, begin);
    if (r.lengths) {
      for (let i = 0; i < present; i++) {
        const n = load<i32>(list + ((<usize>i) << 2));
        memory.copy(gathered + <usize>i * row, stateBefore(r, r.output, r.h0, t, n), row);
      }
      states = gathered;
    }
    packLeft(states, row, present, r.units, packed);
    if (r.biasHh) for (let i = 0; i < present; i++) memory.copy(ofHidden + <usize>i * wide, r.biasHh, wide);
    multiplyPacked(packed, present, r.units, r.panels, width, ofHidden, wide, r.biasHh != 0);
    for (let i = 0; i < present; i++) {
      const n = load<i32>(list + ((<usize>i) << 2));
      const at = <usize>(t * r.batch + n);
      const x = r.ofInput + at * wide;
      const h = ofHidden + <usize>i * wide;
      const next = r.output + at * row;
      if (r.kind == GRU) {
        gruRow(x, h, stateBefore(r, r.output, r.h0, t, n), next, r.gates + 4 * at * row, r.units);
      } else if (r.kind == LSTM) {
        const cell = stateBefore(r, r.cells, r.c0, t, n);
        lstmRow(x, h, cell, r.cells + at * row, next, r.gates + 4 * at * row, r.units);
      } else {
        rnnRow(r.kind == RNN_RELU, x, h, next, r.units);
      }
    }
  }
  for (let n = begin; n < end; n++) {
    // The step after the last one would begin with it.
    const after = r.reverse ? -1 : lengthOf(r, n);
    memory.copy(r.hn + <usize>n * row, stateBefore(r, r.output, r.h0, after, n), row);
    if (r.kind == LSTM) memory.copy(r.cn + <usize>n * row, stateBefore(r, r.cells, r.c0, after, n), row);
  }
}

/** Zeros for the rows that have ended before step t. */
function clearAbsent(r: Recurrent, t: i32, begin: i32, end: i32): void {
  const row = (<usize>r.units) << 2;
  for (let n = begin; n < end; n++) {
    if (t < lengthOf(r, n)) continue;
    const at = <usize>(t * r.batch + n);
    memory.fill(r.output + at * row, 0, row);
    if (r.gates) memory.fill(r.gates + 4 * at * row, 0, 4 * row);
    if (r.cells) memory.fill(r.cells + at * row, 0, row);
  }
}
