/** The gradient of the attention decoder, from the last step to the first, cut as attentionDecoder.ts is. */
import {
  addScaled,
  attendBackward,
  finishGradKeys,
  keyPowers,
  padScoreWeight,
  placesOf,
  wholeVectors,
} from "./attention";
import { bytesOf, Decoder } from "./attentionDecoder";
import { gruRowBackward, lstmRowBackward } from "./gatedCell";
import { multiplyPacked, packLeft } from "./packedProduct";

/** Where the gradients are, as the host writes it after what the decoder needs itself: i32 in this order. */
@unmanaged
class Gradients {
  gradOutputs: usize;
  gradContexts: usize;
  gradWeights: usize;
  gradCells: usize;
  /** The gradients of W·h + b, of an LSTM the same memory as those of its `ofInputs`. */
  ofHiddens: usize;
  ofQueries: usize;
  gradKeys: usize;
  gradValues: usize;
  /** A row for each sequence. */
  gradScoreWeights: usize;
  gradH0: usize;
  gradC0: usize;
}

/** Bytes of scratch memory of a part. */
export function attentionDecoderBackwardScratchBytes(
  group: i32,
  places: i32,
  features: i32,
  width: i32,
  maps: i32,
): i32 {
  const padded = wholeVectors(features);
  const perRow = 1 + max(maps, features) + width;
  return ((padded * (2 + group * places) + wholeVectors(places) + group * perRow) << 2) + 64;
}

/** The gradients of sequences [begin, end): all but those of the weights, which are products over all steps. */
export function attentionDecoderBackward(
  decoder: usize,
  gradients: usize,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const d = changetype<Decoder>(decoder);
  const g = changetype<Gradients>(gradients);
  for (let first = begin; first < end; first += d.group) backGroup(d, g, scratch, first, min(d.group, end - first));
}

function backGroup(d: Decoder, g: Gradients, scratch: usize, first: i32, rows: i32): void {
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
  const gradScores = powers + <usize>d.group * <usize>d.places * padded;
  const tame = gradScores + bytesOf(wholeVectors(d.places));
  const packed = tame + bytesOf(d.group);
  const ofContexts = packed + <usize>d.group * max(maps, features);

  padScoreWeight(d.scoreWeight, v, d.features);
  for (let r = 0; r < rows; r++) {
    const n = <usize>(first + r);
    const keys = d.keys + n * <usize>d.places * features;
    const own = keyPowers(keys, powers + <usize>r * <usize>d.places * padded, placesOf(d.lengths, first + r, d.places), d.features);
    store<i32>(tame + bytesOf(r), own);
    memory.fill(g.gradKeys + n * <usize>d.places * features, 0, <usize>d.places * features);
    memory.fill(g.gradValues + n * <usize>d.places * width, 0, <usize>d.places * width);
    memory.fill(g.gradScoreWeights + n * features, 0, features);
    // What arrives at a step from the one after it is gathered where it ends: in the gradients of the first state.
    memory.fill(g.gradH0 + n * size, 0, size);
    if (d.c0) memory.fill(g.gradC0 + n * size, 0, size);
  }
  const gradient = g.gradH0 + <usize>first * size;

  for (let t = steps - 1; t >= 0; t--) {
    const at = <usize>(first * steps + t);
    for (let r = 0; r < rows; r++) {
      const n = <usize>(first + r);
      const row = at + <usize>(r * steps);
      const gates = d.gates + row * 4 * size;
      const gradOutput = g.gradOutputs + row * size;
      const ofInput = d.ofInputs + row * maps;
      if (d.c0) {
        const cell = t == 0 ? d.c0 + n * size : d.cells + (row - 1) * size;
        lstmRowBackward(
          gates,
          cell,
          d.cells + row * size,
          gradOutput,
          g.gradCells + row * size,
          g.gradH0 + n * size,
          g.gradC0 + n * size,
          ofInput,
          d.size,
        );
      } else {
        const before = t == 0 ? d.h0 + n * size : d.outputs + (row - 1) * size;
        gruRowBackward(gates, before, gradOutput, g.gradH0 + n * size, ofInput, g.ofHiddens + row * maps, d.size);
      }
    }

    packLeft(d.ofInputs + at * maps, <usize>steps * maps, rows, d.maps, packed);
    multiplyPacked(packed, rows, d.maps, d.contextPanels, d.width, ofContexts, width, false);
    // An LSTM's two maps have one gradient, which is packed already.
    if (!d.c0) packLeft(g.ofHiddens + at * maps, <usize>steps * maps, rows, d.maps, packed);
    multiplyPacked(packed, rows, d.maps, d.hiddenPanels, d.size, gradient, size, true);

    for (let r = 0; r < rows; r++) {
      const n = <usize>(first + r);
      const row = at + <usize>(r * steps);
      const ofContext = ofContexts + <usize>r * width;
      addScaled(g.gradContexts + row * width, 1, ofContext, d.width);
      attendBackward(
        d.queries + row * features,
        d.keys + n * <usize>d.places * features,
        load<i32>(tame + bytesOf(r)) ? powers + <usize>r * <usize>d.places * padded : 0,
        d.values + n * <usize>d.places * width,
        v,
        placesOf(d.lengths, first + r, d.places),
        d.features,
        d.width,
        d.weights + row * places,
        ofContext,
        g.gradWeights + row * places,
        g.ofQueries + row * features,
        g.gradKeys + n * <usize>d.places * features,
        g.gradValues + n * <usize>d.places * width,
        g.gradScoreWeights + n * features,
        room,
        gradScores,
      );
    }
    packLeft(g.ofQueries + at * features, <usize>steps * features, rows, d.features, packed);
    multiplyPacked(packed, rows, d.features, d.queryPanels, d.size, gradient, size, true);
  }

  for (let r = 0; r < rows; r++) {
    const n = <usize>(first + r);
    finishGradKeys(g.gradKeys + n * <usize>d.places * features, v, placesOf(d.lengths, first + r, d.places), d.features);
  }
}
