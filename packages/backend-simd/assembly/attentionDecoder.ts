/**
 * A recurrent decoder with additive attention over all steps of a batch. Sequences are shared out to the threads, and each thread takes some of
 * its own through all steps before it takes the next: no thread waits for another, and what a step reads (packed
 * weights, the keys' powers) stays in the second cache.
 */
import { attend, keyPowers, padScoreWeight, placesOf, wholeVectors } from "./attention";
import { gruRow, lstmRow } from "./gatedCell";
import { multiplyPacked, packLeft } from "./packedProduct";

/** Where the tensors are and how large, as the host writes it: i32 in this order. Tensors are [N, T, …] unless said. */
@unmanaged
export class Decoder {
  /** How many sequences are taken through the steps together. */
  group: i32;
  steps: i32;
  places: i32;
  /** Of queries and keys. */
  features: i32;
  /** Of values and contexts. */
  width: i32;
  /** Of the state. */
  size: i32;
  /** 3 or 4 times `size`. */
  maps: i32;
  /** [N, S, features] */
  keys: usize;
  /** [N, S, width] */
  values: usize;
  /** [N], or 0 */
  lengths: usize;
  /** [N, size] */
  h0: usize;
  /** [N, size] of an LSTM; a GRU has 0. */
  c0: usize;
  scoreWeight: usize;
  /** Packed weights: forward for products with their transposes, backward for those with themselves. */
  queryPanels: usize;
  contextPanels: usize;
  hiddenPanels: usize;
  outputs: usize;
  contexts: usize;
  weights: usize;
  cells: usize;
  gates: usize;
  queries: usize;
  /** Forward: the maps of the embeddings, bias included, to which those of the contexts are added. Backward: their gradients. */
  ofInputs: usize;
  /** From here on forward alone. */
  queryBias: usize;
  hiddenBias: usize;
}

/** Bytes of scratch memory of a part, forward. */
export function attentionDecoderScratchBytes(
  group: i32,
  places: i32,
  features: i32,
  width: i32,
  size: i32,
  maps: i32,
): i32 {
  const padded = wholeVectors(features);
  return ((padded * (2 + group * places) + group * (1 + max(size, width) + maps)) << 2) + 64;
}

/** A row's bytes. */
// @ts-ignore: decorator
@inline
export function bytesOf(floats: i32): usize {
  return (<usize>floats) << 2;
}

/** Each of `rows` rows becomes `row`, or 0. */
function fillRows(row: usize, to: usize, step: usize, rows: i32, bytes: usize): void {
  for (let r = 0; r < rows; r++) {
    if (row) memory.copy(to, row, bytes);
    else memory.fill(to, 0, bytes);
    to += step;
  }
}

/** Sequences [begin, end). */
export function attentionDecoder(decoder: usize, scratch: usize, begin: i32, end: i32): void {
  const d = changetype<Decoder>(decoder);
  for (let first = begin; first < end; first += d.group) decodeGroup(d, scratch, first, min(d.group, end - first));
}

function decodeGroup(d: Decoder, scratch: usize, first: i32, rows: i32): void {
  const steps = d.steps;
  const size = bytesOf(d.size);
  const features = bytesOf(d.features);
  const width = bytesOf(d.width);
  const places = bytesOf(d.places);
  const maps = bytesOf(d.maps);
  const padded = bytesOf(wholeVectors(d.features));
  const v = (scratch + 63) & ~63;
  const room = v + padded;
  const powers = room + padded;
  const tame = powers + <usize>d.group * <usize>d.places * padded;
  const packed = tame + bytesOf(d.group);
  const ofHidden = packed + <usize>d.group * max(size, width);

  padScoreWeight(d.scoreWeight, v, d.features);
  for (let r = 0; r < rows; r++) {
    const n = first + r;
    const keys = d.keys + <usize>n * <usize>d.places * features;
    const own = keyPowers(keys, powers + <usize>r * <usize>d.places * padded, placesOf(d.lengths, n, d.places), d.features);
    store<i32>(tame + bytesOf(r), own);
  }
  for (let t = 0; t < steps; t++) {
    /** This step of the first sequence; those of the next lie `steps` rows on. */
    const at = <usize>(first * steps + t);
    const before = t == 0 ? d.h0 + <usize>first * size : d.outputs + (at - 1) * size;
    const beforeStep = t == 0 ? size : <usize>steps * size;
    packLeft(before, beforeStep, rows, d.size, packed);
    const queries = d.queries + at * features;
    fillRows(d.queryBias, queries, <usize>steps * features, rows, features);
    multiplyPacked(packed, rows, d.size, d.queryPanels, d.features, queries, <usize>steps * features, true);
    fillRows(d.hiddenBias, ofHidden, maps, rows, maps);
    multiplyPacked(packed, rows, d.size, d.hiddenPanels, d.maps, ofHidden, maps, true);

    for (let r = 0; r < rows; r++) {
      const n = first + r;
      const row = at + <usize>(r * steps);
      attend(
        d.queries + row * features,
        d.keys + <usize>n * <usize>d.places * features,
        load<i32>(tame + bytesOf(r)) ? powers + <usize>r * <usize>d.places * padded : 0,
        d.values + <usize>n * <usize>d.places * width,
        v,
        placesOf(d.lengths, n, d.places),
        d.places,
        d.features,
        d.width,
        d.weights + row * places,
        d.contexts + row * width,
        room,
      );
    }

    packLeft(d.contexts + at * width, <usize>steps * width, rows, d.width, packed);
    const ofInputs = d.ofInputs + at * maps;
    multiplyPacked(packed, rows, d.width, d.contextPanels, d.maps, ofInputs, <usize>steps * maps, true);
    for (let r = 0; r < rows; r++) {
      const row = at + <usize>(r * steps);
      const ofInput = d.ofInputs + row * maps;
      const hidden = ofHidden + <usize>r * maps;
      const after = d.outputs + row * size;
      const gates = d.gates + row * 4 * size;
      if (d.c0) {
        const cell = t == 0 ? d.c0 + <usize>(first + r) * size : d.cells + (row - 1) * size;
        lstmRow(ofInput, hidden, cell, d.cells + row * size, after, gates, d.size);
      } else {
        gruRow(ofInput, hidden, before + <usize>r * beforeStep, after, gates, d.size);
      }
    }
  }
}
