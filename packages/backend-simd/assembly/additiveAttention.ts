/** Additive attention of `steps` queries for each sequence of a batch, and its gradient; sequences are shared out to the threads. */
import {
  attend,
  attendBackward,
  finishGradKeys,
  keyPowers,
  padScoreWeight,
  placesOf,
  wholeVectors,
} from "./attention";

/** Where the tensors are and how large, as the host writes it: i32 in this order. */
@unmanaged
class Attention {
  query: usize;
  keys: usize;
  values: usize;
  scoreWeight: usize;
  lengths: usize;
  context: usize;
  weights: usize;
  steps: i32;
  places: i32;
  features: i32;
  width: i32;
  /** From here on for the gradient alone. */
  gradContext: usize;
  gradWeights: usize;
  gradQuery: usize;
  gradKeys: usize;
  gradValues: usize;
  /** A row for each sequence. */
  gradScoreWeights: usize;
}

/** Bytes of scratch memory of a part: v, a query's powers, the keys' powers, ∂e. */
export function additiveAttentionScratchBytes(places: i32, features: i32): i32 {
  return ((wholeVectors(features) * (places + 2) + wholeVectors(places)) << 2) + 64;
}

/** Sequences [begin, end). */
export function additiveAttention(attention: usize, scratch: usize, begin: i32, end: i32): void {
  const a = changetype<Attention>(attention);
  const padded = (<usize>wholeVectors(a.features)) << 2;
  const v = (scratch + 63) & ~63;
  const room = v + padded;
  const powers = room + padded;
  padScoreWeight(a.scoreWeight, v, a.features);
  for (let n = begin; n < end; n++) {
    const places = placesOf(a.lengths, n, a.places);
    const keys = a.keys + ((<usize>(n * a.places * a.features)) << 2);
    const values = a.values + ((<usize>(n * a.places * a.width)) << 2);
    const tame = keyPowers(keys, powers, places, a.features);
    for (let t = n * a.steps; t < (n + 1) * a.steps; t++) {
      attend(
        a.query + ((<usize>(t * a.features)) << 2),
        keys,
        tame ? powers : 0,
        values,
        v,
        places,
        a.places,
        a.features,
        a.width,
        a.weights + ((<usize>(t * a.places)) << 2),
        a.context + ((<usize>(t * a.width)) << 2),
        room,
      );
    }
  }
}

/** The gradients of sequences [begin, end). */
export function additiveAttentionBackward(attention: usize, scratch: usize, begin: i32, end: i32): void {
  const a = changetype<Attention>(attention);
  const padded = (<usize>wholeVectors(a.features)) << 2;
  const v = (scratch + 63) & ~63;
  const room = v + padded;
  const gradScores = room + padded;
  const powers = gradScores + ((<usize>wholeVectors(a.places)) << 2);
  padScoreWeight(a.scoreWeight, v, a.features);
  for (let n = begin; n < end; n++) {
    const places = placesOf(a.lengths, n, a.places);
    const keyBytes = (<usize>(a.places * a.features)) << 2;
    const valueBytes = (<usize>(a.places * a.width)) << 2;
    const keys = a.keys + <usize>n * keyBytes;
    const values = a.values + <usize>n * valueBytes;
    const gradKeys = a.gradKeys + <usize>n * keyBytes;
    const gradValues = a.gradValues + <usize>n * valueBytes;
    const gradScoreWeight = a.gradScoreWeights + ((<usize>(n * a.features)) << 2);
    memory.fill(gradKeys, 0, keyBytes);
    memory.fill(gradValues, 0, valueBytes);
    memory.fill(gradScoreWeight, 0, (<usize>a.features) << 2);
    const tame = keyPowers(keys, powers, places, a.features);
    for (let t = n * a.steps; t < (n + 1) * a.steps; t++) {
      attendBackward(
        a.query + ((<usize>(t * a.features)) << 2),
        keys,
        tame ? powers : 0,
        values,
        v,
        places,
        a.features,
        a.width,
        a.weights + ((<usize>(t * a.places)) << 2),
        a.gradContext + ((<usize>(t * a.width)) << 2),
        a.gradWeights + ((<usize>(t * a.places)) << 2),
        a.gradQuery + ((<usize>(t * a.features)) << 2),
        gradKeys,
        gradValues,
        gradScoreWeight,
        room,
        gradScores,
      );
    }
    finishGradKeys(gradKeys, v, places, a.features);
  }
}
