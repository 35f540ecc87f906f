export {
  PackedSequence,
  type PackOptions,
  type PadOptions,
  packPaddedSequence,
  packSequence,
  padPackedSequence,
  padSequence,
} from '../functional/packedSequence.ts';
export { GELU, Identity, LeakyReLU, LogSoftmax, ReLU, Sigmoid, SiLU, Softmax, Tanh } from './activation.ts';
export { ModuleDict, ModuleList, Sequential, type TensorModule } from './container.ts';
export {
  Conv1d,
  type Conv1dLayerOptions,
  Conv2d,
  type Conv2dLayerOptions,
  ConvTranspose2d,
  type ConvTranspose2dLayerOptions,
} from './conv.ts';
export { Dropout, Dropout2d } from './dropout.ts';
export { Embedding, type EmbeddingLayerOptions } from './embedding.ts';
export { Flatten } from './flatten.ts';
export { GroupNorm, type GroupNormOptions, LayerNorm, type LayerNormOptions } from './layerNorm.ts';
export { Linear, type LinearOptions } from './linear.ts';
export { BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss, SmoothL1Loss } from './loss.ts';
export { type ForwardHook, type ForwardPreHook, Module, type ModuleOptions } from './module.ts';
export { BatchNorm1d, BatchNorm2d, type BatchNormLayerOptions } from './normalization.ts';
export { Buffer, Counter, Parameter } from './parameter.ts';
export { AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d } from './pooling.ts';
export { GRU, LSTM, type RecurrentLayerOptions, RNN, type RNNOptions, type SequenceOptions } from './recurrent.ts';
export { GRUCell, LSTMCell, type RecurrentCellOptions, RNNCell, type RNNCellOptions } from './recurrentCell.ts';
export type { LoadReport, StateDict } from './stateDict.ts';
