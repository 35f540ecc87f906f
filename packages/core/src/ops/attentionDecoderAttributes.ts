import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { GatedCell } from './recurrentCell.ts';

/** Attributes of the attention decoder's ops. */
export interface AttentionDecoderAttributes {
  readonly cell: GatedCell;
  /** Whether the columns of `weightIh` begin with the context's, not the embedding's. */
  readonly contextFirst: boolean;
}

/** The columns of `weightIh` that meet the embedding, `width` of them, and those that meet the context. */
export function splitColumns(
  weightIh: Tensor,
  width: number,
  contextFirst: boolean,
): { embedded: Tensor; context: Tensor } {
  const rest = weightIh.shape[1]! - width;
  if (!contextFirst) {
    const [embedded, context] = tf.split(weightIh, [width, rest], 1);
    return { embedded, context };
  }
  const [context, embedded] = tf.split(weightIh, [rest, width], 1);
  return { embedded, context };
}
