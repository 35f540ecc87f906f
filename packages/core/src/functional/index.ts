export { logSoftmax, relu, softmax } from './activation.ts';
export { type Conv2dOptions, conv2d, type Pair } from './conv.ts';
export { type DropoutOptions, dropout } from './dropout.ts';
export { type FlattenOptions, flatten } from './flatten.ts';
export { linear } from './linear.ts';
export { type CrossEntropyOptions, crossEntropy, type Reduction } from './loss.ts';
export { type BatchNormOptions, batchNorm } from './normalization.ts';
export { type MaxPool2dOptions, maxPool2d, maxPool2dWithIndices } from './pooling.ts';
