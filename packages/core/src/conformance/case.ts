import type { Tensor } from '@tensorflow/tfjs-core';
import type { HostArray } from '../tensor/hostArray.ts';

/** One computation that a backend is held to: the same numbers, forward and gradient, as the reference backend's. */
export interface ConformanceCase {
  /** What is computed: an op's name (`flambeau::conv2d`) or a TensorFlow.js kernel's (`BatchMatMul`). */
  readonly op: string;
  /** What is special about this case: `stride 3 > kernel 2`. */
  readonly title: string;
  readonly inputs: Readonly<Record<string, HostArray>>;
  /** Inputs whose gradients are compared too. */
  readonly differentiable: readonly string[];
  /** How large {@link ConformanceResult.worst} may be where rounding is amplified. Default 1e-5. */
  readonly tolerance?: number;
  /** The outputs; the gradient is taken of the first one, weighed by fixed random numbers. */
  compute(inputs: Readonly<Record<string, Tensor>>): Tensor[];
}

/** How one case went: the worst error of each output and gradient, as max|Δ| / max|reference|. */
export interface ConformanceResult {
  readonly op: string;
  readonly title: string;
  /** By what was compared: `output 0`, `gradient of weight`. */
  readonly errors: Readonly<Record<string, number>>;
  readonly worst: number;
  /** Whether the worst error is within the case's tolerance. */
  readonly passed: boolean;
  /** What was thrown, where something was. */
  readonly failure?: string;
}
