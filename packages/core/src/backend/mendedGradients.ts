import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import {
  cast,
  greater,
  greaterEqual,
  less,
  lessEqual,
  Maximum,
  Minimum,
  mul,
  registerGradient,
  reshape,
  sum,
} from '@tensorflow/tfjs-core';

/**
 * TensorFlow.js's gradients of maximum and minimum forget that their inputs may have been broadcast, and throw. These
 * take their place; where both inputs are equal the gradient goes to the first one, as TensorFlow.js has it.
 */
function extremumGradient(
  kernelName: string,
  firstWins: (a: Tensor, b: Tensor) => Tensor,
  secondWins: (a: Tensor, b: Tensor) => Tensor,
): GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => {
      const share = (wins: Tensor, input: Tensor) => sumTo(mul(dy as Tensor, cast(wins, 'float32')), input.shape);
      return { a: () => share(firstWins(a, b), a), b: () => share(secondWins(a, b), b) };
    },
  };
}

/** Sums a gradient over the axes along which an input of this shape was broadcast. */
function sumTo(gradient: Tensor, shape: number[]): Tensor {
  const lead = gradient.rank - shape.length;
  const axes = gradient.shape.map((_, axis) => axis).filter((axis) => axis < lead || shape[axis - lead] === 1);
  return reshape(axes.length === 0 ? gradient : sum(gradient, axes), shape);
}

/** Puts the mended gradients in place; again after something has brought TensorFlow.js's own. */
export function mendGradients(): void {
  registerGradient(extremumGradient(Maximum, greaterEqual, less));
  registerGradient(extremumGradient(Minimum, lessEqual, greater));
}

mendGradients();
