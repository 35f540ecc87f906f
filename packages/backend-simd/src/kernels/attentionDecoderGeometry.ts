import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import type { AttentionDecoderAttributes, AttentionDecoderInputs } from './attentionContract.ts';

/** How many sequences a thread takes through the steps together. */
const GROUP = 32;

/** The sizes of an attention decoder, by what they count. */
export interface DecoderGeometry {
  batch: number;
  steps: number;
  places: number;
  /** Of queries and keys. */
  features: number;
  /** Of values and contexts. */
  width: number;
  /** Of the embeddings. */
  inputs: number;
  /** Of the state. */
  size: number;
  /** Maps of input and state: 3 or 4 times `size`. */
  maps: number;
  /** How many sequences are taken through the steps together. */
  group: number;
  /** Where the columns of the input's weight begin that meet the embeddings, and those that meet the contexts. */
  embeddedAt: number;
  contextAt: number;
}

export function geometryOf(
  {
    embedded,
    keys,
    values,
    h0,
    weightHh,
  }: Pick<AttentionDecoderInputs, 'embedded' | 'keys' | 'values' | 'h0' | 'weightHh'>,
  { contextFirst }: AttentionDecoderAttributes,
): DecoderGeometry {
  const [batch, steps, inputs] = embedded.shape as [number, number, number];
  const [, places, features] = keys.shape as [number, number, number];
  const [width, size, maps] = [values.shape[2]!, h0.shape[1]!, weightHh.shape[0]!];
  return {
    ...{ batch, steps, places, features, width, inputs, size, maps, group: Math.max(1, Math.min(GROUP, batch)) },
    ...{ embeddedAt: contextFirst ? width : 0, contextAt: contextFirst ? 0 : inputs },
  };
}

/** About what the steps take on one thread, in nanoseconds. */
export function costOf({ batch, steps, places, features, width, size, maps }: DecoderGeometry): number {
  const products = size * (features + maps) + width * (maps + places);
  return batch * steps * (products * COST.product + places * features * COST.attention + maps * COST.transcendental);
}

/** Copies boxes of neighbouring rows: `count` rows of `width` floats, `fromStep` and `toStep` floats apart. */
export function copyRows(
  backend: SimdBackend,
  [from, fromStep]: readonly [number, number],
  [to, toStep]: readonly [number, number],
  width: number,
  count: number,
): void {
  const split = backend.split(count, count * width * COST.copy, Math.ceil(CACHE_LINE / Math.max(1, width)));
  backend.run('copyRows', split, [from, fromStep * 4, to, toStep * 4, width * 4, 0, count]);
}
