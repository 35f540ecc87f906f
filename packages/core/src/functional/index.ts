export {
  type GeluOptions,
  gelu,
  leakyRelu,
  logSoftmax,
  relu,
  sigmoid,
  silu,
  softmax,
  tanh,
} from './activation.ts';
export {
  type AdditiveAttentionOptions,
  type Attended,
  type AttentionDecoded,
  type AttentionDecoderOptions,
  type AttentionDecoderState,
  type AttentionDecoderWeights,
  additiveAttention,
  attentionDecoder,
  type GatedCell,
} from './attention.ts';
export {
  type BinaryCrossEntropyOptions,
  type BinaryCrossEntropyWithLogitsOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from './binaryCrossEntropy.ts';
export {
  type Conv1dOptions,
  type Conv2dOptions,
  type ConvTranspose2dOptions,
  conv1d,
  conv2d,
  convTranspose2d,
  type Pair,
} from './conv.ts';
export { type DropoutOptions, dropout, dropout2d } from './dropout.ts';
export { type EmbeddingOptions, embedding } from './embedding.ts';
export { type EmbeddingConvMaxOptions, embeddingConvMax } from './embeddingConvMax.ts';
export { type FlattenOptions, flatten } from './flatten.ts';
export { type AffineNormOptions, groupNorm, layerNorm } from './layerNorm.ts';
export { linear } from './linear.ts';
export {
  type LinearCrossEntropyOptions,
  linearCrossEntropy,
  linearCrossEntropyWithPredictions,
} from './linearCrossEntropy.ts';
export {
  type CrossEntropyOptions,
  crossEntropy,
  type NllLossOptions,
  nllLoss,
  type Reduction,
} from './loss.ts';
export { type BatchNormOptions, batchNorm } from './normalization.ts';
export {
  type AdaptiveSize,
  type AvgPool1dOptions,
  type AvgPool2dOptions,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  type MaxPool1dOptions,
  type MaxPool2dOptions,
  maxPool1d,
  maxPool2d,
  maxPool2dWithIndices,
} from './pooling.ts';
export {
  gru,
  type LstmState,
  lstm,
  type Nonlinearity,
  type RecurrentOptions,
  type RnnOptions,
  rnn,
} from './recurrent.ts';
export { gruCell, lstmCell, type RnnCellOptions, rnnCell } from './recurrentCell.ts';
export {
  l1Loss,
  mseLoss,
  type RegressionLossOptions,
  type SmoothL1LossOptions,
  smoothL1Loss,
} from './regressionLoss.ts';
