import { defaultGenerator } from '../random/defaultGenerator.ts';
import type { Generator } from '../random/generator.ts';
import { type HostArray, hostArray } from '../tensor/hostArray.ts';
import { calculateFanInAndFanOut, calculateGain, type Nonlinearity } from './fan.ts';

/** Makes the first values of a parameter of the given shape. */
export type Initializer = (shape: readonly number[]) => HostArray<'float32'>;

export type FanMode = 'fanIn' | 'fanOut';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** U(a, b) (`torch.nn.init.uniform_`). Default U(0, 1). */
export function uniform(a = 0, b = 1, generator: Generator = defaultGenerator): Initializer {
  return (shape) => hostArray('float32', shape, generator.uniform(new Float32Array(sizeOf(shape)), a, b));
}

/**
 * U(−bound, bound) with bound = gain·√(3/fan) (`torch.nn.init.kaiming_uniform_`). PyTorch's linear and convolution
 * layers use it with `a` = √5, which makes bound = 1/√fanIn.
 *
 * Source: He et al., arXiv 1502.01852.
 */
export function kaimingUniform(options: KaimingOptions = {}): Initializer {
  return (shape) => {
    const bound = Math.sqrt(3) * kaimingDeviation(shape, options);
    return uniform(-bound, bound, options.generator)(shape);
  };
}

/** N(mean, std²) (`torch.nn.init.normal_`). Default N(0, 1). */
export function normal(mean = 0, std = 1, generator: Generator = defaultGenerator): Initializer {
  return (shape) => hostArray('float32', shape, generator.normal(new Float32Array(sizeOf(shape)), mean, std));
}

/** All the same value (`torch.nn.init.constant_`). */
export function constant(value: number): Initializer {
  return (shape) => hostArray('float32', shape, new Float32Array(sizeOf(shape)).fill(value));
}

/** Options of {@link kaimingUniform} and {@link kaimingNormal}. */
export interface KaimingOptions {
  /** Negative slope of the leaky ReLU that follows. Default 0. */
  readonly a?: number;
  /** Default `'fanIn'`. */
  readonly mode?: FanMode;
  /** Default `'leakyRelu'`. */
  readonly nonlinearity?: Nonlinearity;
  readonly generator?: Generator;
}

/**
 * N(0, std²) with std = gain/√fan (`torch.nn.init.kaiming_normal_`).
 *
 * Source: He et al., arXiv 1502.01852.
 */
export function kaimingNormal(options: KaimingOptions = {}): Initializer {
  return (shape) => normal(0, kaimingDeviation(shape, options), options.generator)(shape);
}

/** Options of {@link xavierUniform} and {@link xavierNormal}. */
export interface XavierOptions {
  /** What the deviation is multiplied by: {@link calculateGain}. Default 1. */
  readonly gain?: number;
  readonly generator?: Generator;
}

/**
 * U(−bound, bound) with bound = gain·√(6/(fanIn + fanOut)) (`torch.nn.init.xavier_uniform_`).
 *
 * Source: Glorot and Bengio, 2010.
 */
export function xavierUniform(options: XavierOptions = {}): Initializer {
  return (shape) => {
    const bound = Math.sqrt(3) * xavierDeviation(shape, options);
    return uniform(-bound, bound, options.generator)(shape);
  };
}

/** N(0, std²) with std = gain·√(2/(fanIn + fanOut)) (`torch.nn.init.xavier_normal_`). */
export function xavierNormal(options: XavierOptions = {}): Initializer {
  return (shape) => normal(0, xavierDeviation(shape, options), options.generator)(shape);
}

function kaimingDeviation(shape: readonly number[], options: KaimingOptions): number {
  const { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' } = options;
  return calculateGain(nonlinearity, a) / Math.sqrt(calculateFanInAndFanOut(shape)[mode]);
}

function xavierDeviation(shape: readonly number[], { gain = 1 }: XavierOptions): number {
  const { fanIn, fanOut } = calculateFanInAndFanOut(shape);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

/** All 0. */
export const zerosInit: Initializer = (shape) => hostArray('float32', shape, new Float32Array(sizeOf(shape)));

/** All 1. */
export const onesInit: Initializer = (shape) => hostArray('float32', shape, new Float32Array(sizeOf(shape)).fill(1));
