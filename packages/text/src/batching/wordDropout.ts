import { type Generator, type HostArray, hostArray } from '@flambeau/core';

/**
 * Replaces each word by `<unk>` with probability p, against overfitting to single words: a loader's `transform`. The
 * padding stays.
 *
 * @example
 * ```ts
 * new data.DataLoader(train, {
 *   batchSampler,
 *   transform: ([ids, labels], generator) => [wordDropout(ids, { p: 0.2, unkIndex: 0, padIndex: 1 }, generator), labels],
 * });
 * ```
 *
 * Source: Iyyer et al., "Deep unordered composition rivals syntactic methods for text classification", 2015.
 */
export function wordDropout(
  ids: HostArray,
  { p, unkIndex, padIndex }: { readonly p: number; readonly unkIndex: number; readonly padIndex: number },
  generator: Generator,
): HostArray<'int32'> {
  const values = Int32Array.from(ids.data as Int32Array);
  const dropped = generator.bernoulli(new Uint8Array(values.length), p);
  for (let i = 0; i < values.length; i++) if (dropped[i] === 1 && values[i] !== padIndex) values[i] = unkIndex;
  return hostArray('int32', ids.shape, values);
}
