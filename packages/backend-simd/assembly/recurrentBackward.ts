/** The gradient of a recurrent layer over a batch of sequences, back through time: rows are shared out as forward. */
import { gruRowBackward, lstmRowBackward } from "./gatedCell";
import { multiplyPacked, packLeft } from "./packedProduct";
import { aligned, GRU, gateCount, LSTM, lengthOf, listPresent, Recurrent, RNN_RELU, stateBefore } from "./recurrent";
import { rnnRowBackward } from "./rnnCell";

/** to += from, both of `units` floats. */
// @ts-ignore: decorator
@inline
function addRow(to: usize, from: usize, units: i32): void {
  const whole = (<usize>(units & ~3)) << 2;
  const end = (<usize>units) << 2;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
  for (; i < end; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(from + i));
}

/** Rows [begin, end) of the sequences back through all steps. */
export function recurrentBackward(recurrent: usize, scratch: usize, begin: i32, end: i32): void {
  const r = changetype<Recurrent>(recurrent);
  const rows = end - begin;
  const width = gateCount(r.kind) * r.units;
  const row = (<usize>r.units) << 2;
  const wide = (<usize>width) << 2;
  const packed = aligned(scratch);
  const gathered = aligned(packed + <usize>rows * wide);
  const list = aligned(gathered + <usize>rows * wide);
  // In LSTMs the loss reads the last cells alone.
  const noGradient = aligned(list + ((<usize>rows) << 2));
  memory.fill(noGradient, 0, row);
  const product = gathered;
  // Of what the products with W_hh are taken.
  const gradSums = r.kind == GRU ? r.gradH : r.gradX;
  memory.copy(r.gradH0 + <usize>begin * row, r.gradHn + <usize>begin * row, <usize>rows * row);
  if (r.kind == LSTM) {
    memory.copy(r.gradC0 + <usize>begin * row, r.gradCn + <usize>begin * row, <usize>rows * row);
  }
  for (let s = r.steps - 1; s >= 0; s--) {
    const t = r.reverse ? r.steps - 1 - s : s;
    const present = listPresent(r, t, begin, end, list);
    if (present < rows) clearAbsent(r, t, begin, end);
    if (present == 0) continue;
    for (let i = 0; i < present; i++) {
      const n = load<i32>(list + ((<usize>i) << 2));
      const at = <usize>(t * r.batch + n);
      const gradient = r.gradH0 + <usize>n * row;
      const gradX = r.gradX + at * wide;
      const state = stateBefore(r, r.output, r.h0, t, n);
      const gradOutput = r.gradOutput + at * row;
      const gates = r.gates + 4 * at * row;
      memory.copy(r.before + at * row, state, row);
      if (r.kind == GRU) {
        gruRowBackward(gates, state, gradOutput, gradient, gradX, r.gradH + at * wide, r.units);
      } else if (r.kind == LSTM) {
        const cell = stateBefore(r, r.cells, r.c0, t, n);
        const gradCell = r.gradC0 + <usize>n * row;
        lstmRowBackward(gates, cell, r.cells + at * row, gradOutput, noGradient, gradient, gradCell, gradX, r.units);
      } else {
        rnnRowBackward(r.kind == RNN_RELU, r.output + at * row, gradOutput, gradient, gradX, r.units);
      }
    }
    if (present == rows) {
      packLeft(gradSums + <usize>(t * r.batch + begin) * wide, wide, rows, width, packed);
      multiplyPacked(packed, rows, width, r.panels, r.units, r.gradH0 + <usize>begin * row, row, true);
      continue;
    }
    for (let i = 0; i < present; i++) {
      const n = load<i32>(list + ((<usize>i) << 2));
      memory.copy(gathered + <usize>i * wide, gradSums + <usize>(t * r.batch + n) * wide, wide);
    }
    packLeft(gathered, wide, present, width, packed);
    multiplyPacked(packed, present, width, r.panels, r.units, product, row, false);
    for (let i = 0; i < present; i++) {
      const gradient = r.gradH0 + <usize>load<i32>(list + ((<usize>i) << 2)) * row;
      addRow(gradient, product + <usize>i * row, r.units);
    }
  }
}

/** Zeros for the rows that have ended before step t. */
function clearAbsent(r: Recurrent, t: i32, begin: i32, end: i32): void {
  const row = (<usize>r.units) << 2;
  const wide = <usize>gateCount(r.kind) * row;
  for (let n = begin; n < end; n++) {
    if (t < lengthOf(r, n)) continue;
    const at = <usize>(t * r.batch + n);
    memory.fill(r.gradX + at * wide, 0, wide);
    if (r.kind == GRU) memory.fill(r.gradH + at * wide, 0, wide);
    memory.fill(r.before + at * row, 0, row);
  }
}
