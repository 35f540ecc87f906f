/** As contract.ts, of cross-entropy, alone and of a linear map. */
import type { TensorInfo } from '@tensorflow/tfjs-core';

export type Reduction = 'mean' | 'sum' | 'none';

/**
 * → [loss, probabilities [N, C] (softmax), totalWeight []], as torch.nn.CrossEntropyLoss. `loss` is a scalar, or [N] for 'none'. 'mean'
 * divides by the summed weights of the targets that count; rows whose target is `ignoreIndex` give 0, their probabilities too.
 */
export interface CrossEntropyInputs {
  /** Logits [N, C] */
  input: TensorInfo;
  /** int32 [N] */
  target: TensorInfo;
  /** [C] */
  weight?: TensorInfo;
}
export interface CrossEntropyAttributes {
  ignoreIndex: number;
  labelSmoothing: number;
  reduction: Reduction;
}

/** → the gradient of the logits [N, C]. Attributes as forward. */
export interface CrossEntropyBackwardInputs {
  /** [] or, for 'none', [N] */
  gradOutput: TensorInfo;
  probabilities: TensorInfo;
  /** int32 [N] */
  target: TensorInfo;
  weight?: TensorInfo;
  totalWeight: TensorInfo;
}

/**
 * → [loss, predictions int32 [M] (the class of a row's largest logit, −1 where the target is ignored), probabilities, totalWeight []]:
 * cross-entropy of the logits input · linearWeightᵀ + linearBias. Attributes as cross-entropy. `probabilities` are those of
 * the rows that count, in their order.
 */
export interface LinearCrossEntropyInputs {
  /** [M, K] */
  input: TensorInfo;
  /** [C, K] */
  linearWeight: TensorInfo;
  /** [C] */
  linearBias?: TensorInfo;
  /** int32 [M] */
  target: TensorInfo;
  /** [C] */
  weight?: TensorInfo;
}

/** → the gradients of input, linearWeight and linearBias. */
export interface LinearCrossEntropyBackwardInputs extends Omit<LinearCrossEntropyInputs, 'linearBias'> {
  /** [] or, for 'none', [M] */
  gradOutput: TensorInfo;
  probabilities: TensorInfo;
  totalWeight: TensorInfo;
}
