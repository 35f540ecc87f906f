/**
 * The kernels beyond TensorFlow.js's own that a backend for Flambeau may offer: their names, inputs and attributes.
 *
 * They are registered with TensorFlow.js under the names in `FLAMBEAU_KERNELS` and run with
 * `engine().runKernel(name, inputs, attributes)`; the in-place ones by their `kernelFunc`, since the engine would record
 * them. Everything is float32 unless said, images are NCHW, `?` means that the key may be missing. Kernels don't check
 * shapes: who runs them does.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Reduction } from './crossEntropyContract.ts';

/** Height and width, in this order. */
export type Pair = readonly [number, number];
/** Top, bottom, left, right. */
export type Padding2d = readonly [number, number, number, number];

/**
 * output[n, o, y, x] = bias[o] + Σ over c, i, j of weight[o, c, i, j] · input[n, group(o) · C/groups + c, y·sh + i·dh − top, x·sw + j·dw − left],
 * pixels outside counting as 0 (a cross-correlation).
 */
export interface Conv2dInputs {
  /** [N, C, H, W] */
  input: TensorInfo;
  /** [O, C / groups, kh, kw] */
  weight: TensorInfo;
  /** [O] */
  bias?: TensorInfo;
}
export interface Conv2dAttributes {
  stride: Pair;
  padding: Padding2d;
  dilation: Pair;
  groups: number;
}

/** → the gradient of `input`, shaped `inputShape`. */
export interface Conv2dBackwardInputInputs {
  gradOutput: TensorInfo;
  weight: TensorInfo;
}
export interface Conv2dBackwardInputAttributes extends Conv2dAttributes {
  inputShape: readonly number[];
}

/** → the gradient of `weight`, shaped `weightShape`. */
export interface Conv2dBackwardWeightInputs {
  gradOutput: TensorInfo;
  input: TensorInfo;
}
export interface Conv2dBackwardWeightAttributes extends Conv2dAttributes {
  weightShape: readonly number[];
}

/** → the gradient of `bias`: gradOutput [N, O, …] summed over all axes but the second. */
export interface Conv2dBackwardBiasInputs {
  gradOutput: TensorInfo;
}

/**
 * → [output, indices]. Padding counts as −∞; `indices` (int32) are flat in the H × W plane of the unpadded input; the first
 * of equal maxima wins, and NaN wins over every number.
 */
export interface MaxPool2dInputs {
  /** [N, C, H, W] */
  input: TensorInfo;
}
export interface MaxPool2dAttributes {
  kernelSize: Pair;
  stride: Pair;
  padding: Padding2d;
  dilation: Pair;
  /** [Ho, Wo] */
  outputSize: Pair;
}

/** → the gradient of `input`: each output's gradient added to the pixel that won. */
export interface MaxPool2dBackwardInputs {
  gradOutput: TensorInfo;
  /** int32 */
  indices: TensorInfo;
}
export interface MaxPool2dBackwardAttributes {
  inputShape: readonly number[];
}

/** → input · weightᵀ + bias, [M, O]. */
export interface LinearInputs {
  /** [M, K] */
  input: TensorInfo;
  /** [O, K] */
  weight: TensorInfo;
  /** [O] */
  bias?: TensorInfo;
}

/** → max(0, input), NaN staying NaN. */
export interface ReluInputs {
  input: TensorInfo;
}

/** → gradOutput where the ReLU's output is above 0 or NaN, else 0. */
export interface ReluBackwardInputs {
  gradOutput: TensorInfo;
  output: TensorInfo;
}

/** → x·Φ(x), Φ the normal distribution, or its approximation by tanh. */
export interface GeluAttributes {
  approximate: 'none' | 'tanh';
}

/** → input above 0, negativeSlope · input elsewhere. */
export interface LeakyReluAttributes {
  negativeSlope: number;
}

/** What leaky_relu, silu and gelu take. Attributes as forward. */
export interface ActivationBackwardInputs {
  gradOutput: TensorInfo;
  input: TensorInfo;
}

/** What sigmoid and tanh take. */
export interface OutputBackwardInputs {
  gradOutput: TensorInfo;
  output: TensorInfo;
}

/** → [output, mean [C], variance [C] (biased)] of this batch, channels being the second axis. */
export interface BatchNormInputs {
  /** [N, C, …] */
  input: TensorInfo;
  /** [C] */
  weight?: TensorInfo;
  /** [C] */
  bias?: TensorInfo;
}
export interface BatchNormAttributes {
  eps: number;
}

/** → [gradInput, gradWeight [C], gradBias [C]]. */
export interface BatchNormBackwardInputs {
  gradOutput: TensorInfo;
  input: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  weight?: TensorInfo;
}

/** → rows of the table, [M, D]. */
export interface EmbeddingInputs {
  /** [V, D] */
  weight: TensorInfo;
  /** int32 [M] */
  indices: TensorInfo;
}

/** → the gradient of the table, [numEmbeddings, D]: each row the sum of the gradients of its places, 0 for that of `paddingIdx`. */
export interface EmbeddingBackwardInputs {
  /** [M, D] */
  gradOutput: TensorInfo;
  /** int32 [M] */
  indices: TensorInfo;
}
export interface EmbeddingBackwardAttributes {
  /** −1 for none. */
  paddingIdx: number;
  numEmbeddings: number;
}

/**
 * → [output, indices], [N, ΣF]: for each filter max(0, maxₜ (bias + Σₖ weight[k] · table[ids[n, t + k]])) and, int32, the t of the
 * first largest window, −1 where the ReLU lets none through. Weights [F, 1, K, E] and biases [F], one for each height,
 * are numbered from 0 to `count` − 1: `weight0`, `bias0`, …
 */
export type EmbeddingConvMaxInputs = {
  /** int32 [N, L] */
  ids: TensorInfo;
  /** [V, E] */
  table: TensorInfo;
} & { [filters: `${'weight' | 'bias'}${number}`]: TensorInfo };
export interface EmbeddingConvMaxAttributes {
  count: number;
}

/** → the gradient of the table, [numEmbeddings, E]; the row of `paddingIdx` gets none. */
export type EmbeddingConvMaxBackwardTableInputs = {
  /** [N, ΣF] */
  gradOutput: TensorInfo;
  /** int32 [N, ΣF] */
  indices: TensorInfo;
  /** int32 [N, L] */
  ids: TensorInfo;
} & { [weight: `weight${number}`]: TensorInfo };
export interface EmbeddingConvMaxBackwardTableAttributes extends EmbeddingBackwardAttributes {
  count: number;
}

/** → the gradients of all weights, shaped `filterShapes`, then those of all biases. */
export interface EmbeddingConvMaxBackwardFiltersInputs {
  gradOutput: TensorInfo;
  indices: TensorInfo;
  ids: TensorInfo;
  table: TensorInfo;
}
export interface EmbeddingConvMaxBackwardFiltersAttributes {
  filterShapes: readonly (readonly number[])[];
}

/** → [output, mean [M], rstd [M]] of each row: (input − mean) · rstd · weight + bias with rstd = 1/√(variance + eps). */
export interface LayerNormInputs {
  /** [M, D] */
  input: TensorInfo;
  /** [D] */
  weight: TensorInfo;
  /** [D] */
  bias: TensorInfo;
}
export interface LayerNormAttributes {
  eps: number;
}

/** → [gradInput, gradWeight [D], gradBias [D]]. Group norm's, too, with [C] for [D]. */
export interface NormBackwardInputs {
  gradOutput: TensorInfo;
  input: TensorInfo;
  mean: TensorInfo;
  rstd: TensorInfo;
  weight: TensorInfo;
}

/** → [output, mean [N·G], rstd [N·G]], G groups of channels; weight and bias are [C]. */
export interface GroupNormInputs {
  /** [N, C, L] */
  input: TensorInfo;
  weight: TensorInfo;
  bias: TensorInfo;
}
export interface GroupNormAttributes {
  numGroups: number;
  eps: number;
}

/** → the mean of each window, those at the edge divided as the attributes say. */
export interface AvgPool2dInputs {
  /** [N, C, H, W] */
  input: TensorInfo;
}
export interface AvgPool2dAttributes {
  kernelSize: Pair;
  stride: Pair;
  padding: Padding2d;
  outputSize: Pair;
  inputShape: readonly number[];
  countIncludePad: boolean;
  /** 0 for none. */
  divisorOverride: number;
}

/** → the mean, or [maximum, index (int32)], of windows that cover the image: window i of n reaches from ⌊i·H/n⌋ to ⌈(i + 1)·H/n⌉. */
export interface AdaptivePool2dAttributes {
  outputSize: Pair;
  inputShape: readonly number[];
}

/** → the gradient of the input of a pooling by means, shaped `inputShape`. Attributes as forward. */
export interface PoolBackwardInputs {
  gradOutput: TensorInfo;
}

/** → the loss of each element, as torch.nn's losses with reduction 'none'. */
export interface ElementLossInputs {
  input: TensorInfo;
  /** Of the same shape. */
  target: TensorInfo;
}
/** → the gradient of `input`. Attributes as forward. */
export interface ElementLossBackwardInputs extends ElementLossInputs {
  gradOutput: TensorInfo;
}
export interface SmoothL1Attributes {
  beta: number;
}
/** What a positive example counts; broadcasts. */
export interface PosWeight {
  posWeight: TensorInfo;
}

/** → [loss, totalWeight []], as cross-entropy of log-probabilities. */
export interface NllLossInputs {
  /** [N, C] */
  input: TensorInfo;
  /** int32 [N] */
  target: TensorInfo;
  /** [C] */
  weight: TensorInfo;
}
export interface NllLossAttributes {
  ignoreIndex: number;
  reduction: Reduction;
}
/** → the gradient of the log-probabilities [N, C]. */
export interface NllLossBackwardInputs {
  /** [] or, for 'none', [N] */
  gradOutput: TensorInfo;
  target: TensorInfo;
  weight: TensorInfo;
  totalWeight: TensorInfo;
}

export const FLAMBEAU_KERNELS = {
  conv2d: 'flambeau::conv2d',
  conv2dBackwardInput: 'flambeau::conv2d_backward_input',
  conv2dBackwardWeight: 'flambeau::conv2d_backward_weight',
  conv2dBackwardBias: 'flambeau::conv2d_backward_bias',
  maxPool2d: 'flambeau::max_pool2d',
  maxPool2dBackward: 'flambeau::max_pool2d_backward',
  linear: 'flambeau::linear',
  relu: 'flambeau::relu',
  reluBackward: 'flambeau::relu_backward',
  crossEntropy: 'flambeau::cross_entropy',
  crossEntropyBackward: 'flambeau::cross_entropy_backward',
  linearCrossEntropy: 'flambeau::linear_cross_entropy',
  linearCrossEntropyBackward: 'flambeau::linear_cross_entropy_backward',
  batchNorm: 'flambeau::batch_norm',
  batchNormBackward: 'flambeau::batch_norm_backward',
  additiveAttention: 'flambeau::additive_attention',
  additiveAttentionBackward: 'flambeau::additive_attention_backward',
  attentionDecoder: 'flambeau::attention_decoder',
  attentionDecoderBackward: 'flambeau::attention_decoder_backward',
  embedding: 'flambeau::embedding',
  embeddingBackward: 'flambeau::embedding_backward',
  embeddingConvMax: 'flambeau::embedding_conv_max',
  embeddingConvMaxBackwardTable: 'flambeau::embedding_conv_max_backward_table',
  embeddingConvMaxBackwardFilters: 'flambeau::embedding_conv_max_backward_filters',
  sigmoid: 'flambeau::sigmoid',
  sigmoidBackward: 'flambeau::sigmoid_backward',
  tanh: 'flambeau::tanh',
  tanhBackward: 'flambeau::tanh_backward',
  leakyRelu: 'flambeau::leaky_relu',
  leakyReluBackward: 'flambeau::leaky_relu_backward',
  silu: 'flambeau::silu',
  siluBackward: 'flambeau::silu_backward',
  gelu: 'flambeau::gelu',
  geluBackward: 'flambeau::gelu_backward',
  layerNorm: 'flambeau::layer_norm',
  layerNormBackward: 'flambeau::layer_norm_backward',
  groupNorm: 'flambeau::group_norm',
  groupNormBackward: 'flambeau::group_norm_backward',
  avgPool2d: 'flambeau::avg_pool2d',
  avgPool2dBackward: 'flambeau::avg_pool2d_backward',
  adaptiveAvgPool2d: 'flambeau::adaptive_avg_pool2d',
  adaptiveAvgPool2dBackward: 'flambeau::adaptive_avg_pool2d_backward',
  adaptiveMaxPool2d: 'flambeau::adaptive_max_pool2d',
  smoothL1: 'flambeau::smooth_l1_loss',
  smoothL1Backward: 'flambeau::smooth_l1_loss_backward',
  binaryCrossEntropy: 'flambeau::binary_cross_entropy',
  binaryCrossEntropyBackward: 'flambeau::binary_cross_entropy_backward',
  binaryCrossEntropyWithLogits: 'flambeau::binary_cross_entropy_with_logits',
  binaryCrossEntropyWithLogitsBackward: 'flambeau::binary_cross_entropy_with_logits_backward',
  nllLoss: 'flambeau::nll_loss',
  nllLossBackward: 'flambeau::nll_loss_backward',
  rnn: 'flambeau::rnn',
  rnnBackward: 'flambeau::rnn_backward',
  gru: 'flambeau::gru',
  gruBackward: 'flambeau::gru_backward',
  lstm: 'flambeau::lstm',
  lstmBackward: 'flambeau::lstm_backward',
  adam: 'flambeau::adam_',
  sgd: 'flambeau::sgd_',
  rmsprop: 'flambeau::rmsprop_',
} as const;
