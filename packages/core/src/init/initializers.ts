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
export function kaimingUniform(
  options: {
    /** Negative slope of the leaky ReLU that follows. Default 0. */
    readonly a?: number;
    /** Default `'fanIn'`. */
    readonly mode?: FanMode;
    /** Default `'leakyRelu'`. */
    readonly nonlinearity?: Nonlinearity;
    readonly generator?: Generator;
  } = {},
): Initializer {
  const { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu', generator } = options;
  return (shape) => {
    const deviation = calculateGain(nonlinearity, a) / Math.sqrt(calculateFanInAndFanOut(shape)[mode]);
    const bound = Math.sqrt(3) * deviation;
    return uniform(-bound, bound, generator)(shape);
  };
}

/** All 0. */
export const zerosInit: Initializer = (shape) => hostArray('float32', shape, new Float32Array(sizeOf(shape)));

/** All 1. */
export const onesInit: Initializer = (shape) => hostArray('float32', shape, new Float32Array(sizeOf(shape)).fill(1));
