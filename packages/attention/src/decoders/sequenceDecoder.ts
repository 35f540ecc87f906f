import type { nn, Tensor } from '@flambeau/core';
import type { Memory } from '../attention/memory.ts';
import type { Encoded } from '../encoders/encoder.ts';
import type { RecurrentCell, RecurrentState } from '../encoders/recurrentState.ts';

/** What a decoder answers in T steps. */
export interface Decoded {
  /** `[N, T, V]` */
  readonly logits: Tensor;
  /** The state after the last step: what the next call begins with. */
  readonly state: RecurrentState;
  /** α of every step, `[N, T, S]`; null without attention. */
  readonly weights: Tensor | null;
}

/**
 * Writes a target word by word. The same `forward` takes a whole target at once (teacher forcing: the words before each
 * are known) or one word (decoding).
 */
export interface SequenceDecoder extends nn.Module {
  /** How many words the target's vocabulary has. */
  readonly outputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly cell: RecurrentCell;
  /** What it looks at while it writes, prepared once for a source; null without attention. */
  memory(encoded: Encoded): Memory | null;
  /**
   * @param input - the word before each step, int32 `[N, T]`
   * @param state - `[layers, N, H]`
   */
  forward(input: Tensor, state: RecurrentState, memory: Memory | null): Decoded;
}
