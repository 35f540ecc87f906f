import { Generator } from '../random/generator.ts';
import { type HostArray, hostArray } from '../tensor/hostArray.ts';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Normal numbers, the same ones for one seed on every machine. */
export function normalValues(seed: number, shape: readonly number[]): HostArray<'float32'> {
  return hostArray('float32', shape, new Generator().manualSeed(seed).normal(new Float32Array(sizeOf(shape))));
}

/** Whole numbers in [0, high). */
export function classValues(seed: number, shape: readonly number[], high: number): HostArray<'int32'> {
  const drawn = new Generator().manualSeed(seed).randint(0, high, sizeOf(shape));
  return hostArray('int32', shape, Int32Array.from(drawn));
}

/** As {@link normalValues}, each made by `f`. */
export function mappedValues(
  seed: number,
  shape: readonly number[],
  f: (value: number) => number,
): HostArray<'float32'> {
  return hostArray('float32', shape, normalValues(seed, shape).data.map(f));
}
