import { STATE_SIZE } from './mersenneTwister.ts';

/*
 * The bytes of torch.Generator.get_state() for the CPU: PyTorch copies a C struct, little-endian, as laid out on 64-bit
 * machines. Its fields, with their offsets:
 *   0 uint64 seed · 8 int32 left · 12 int32 seeded · 16 uint64 next · 24 uint64[624] state (32-bit values)
 *   5016 double normal_x (unused) · 5024 double normal_y (the cached normal) · 5032 double normal_rho (unused)
 *   5040 int32 normal_is_valid · 5048 float cached float normal · 5052 bool whether it is valid
 */
const SEED = 0;
const LEFT = 8;
const SEEDED = 12;
const NEXT = 16;
const STATE = 24;
const NORMAL = 5024;
const NORMAL_IS_VALID = 5040;
const BYTES = 5056;

/** What the bytes of a CPU generator's state say. */
export interface GeneratorState {
  readonly seed: bigint;
  readonly left: number;
  readonly next: number;
  readonly words: ArrayLike<number>;
  /** The second half of a pair of normal numbers, which the next one to be drawn singly is. */
  readonly nextNormal: number | undefined;
}

/** Writes a state in the layout of `torch.Generator.get_state()` (5,056 bytes). */
export function packState(state: GeneratorState): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(SEED, state.seed, true);
  view.setInt32(LEFT, state.left, true);
  view.setInt32(SEEDED, 1, true);
  view.setUint32(NEXT, state.next, true);
  for (let i = 0; i < STATE_SIZE; i++) view.setUint32(STATE + 8 * i, state.words[i]!, true);
  if (state.nextNormal !== undefined) {
    view.setFloat64(NORMAL, state.nextNormal, true);
    view.setInt32(NORMAL_IS_VALID, 1, true);
  }
  return bytes;
}

/** Reads a state in the layout of `torch.Generator.get_state()`; throws if the bytes can't be one. */
export function unpackState(bytes: Uint8Array): GeneratorState {
  if (bytes.length !== BYTES) {
    throw new RangeError(`a CPU generator's state has ${BYTES} bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const left = view.getInt32(LEFT, true);
  const next = view.getUint32(NEXT, true);
  const drawn = left === 1 ? next <= STATE_SIZE : left > 1 && left <= STATE_SIZE && next === STATE_SIZE + 1 - left;
  if (view.getInt32(SEEDED, true) === 0 || !drawn) {
    throw new RangeError(`not the state of a seeded mt19937: ${left} words left, the next at ${next}`);
  }
  const words = new Int32Array(STATE_SIZE);
  for (let i = 0; i < STATE_SIZE; i++) words[i] = view.getInt32(STATE + 8 * i, true);
  return {
    seed: view.getBigUint64(SEED, true),
    left,
    next,
    words,
    nextNormal: view.getInt32(NORMAL_IS_VALID, true) === 0 ? undefined : view.getFloat64(NORMAL, true),
  };
}
