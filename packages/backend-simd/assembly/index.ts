export {
  additiveAttention,
  additiveAttentionBackward,
  additiveAttentionScratchBytes,
} from "./additiveAttention";
export { attentionDecoder, attentionDecoderScratchBytes } from "./attentionDecoder";
export { attentionDecoderBackward, attentionDecoderBackwardScratchBytes } from "./attentionDecoderBackward";
export { activationBackward } from "./activationBackward";
export { channelGradientSums, channelMoments, normalize, normalizeBackward } from "./batchNorm";
export { binaryBroadcast, binaryRow } from "./binary";
export { compare, select } from "./compare";
export { conv2d, conv2dMaxPool, conv2dMaxPoolScratchBytes, conv2dScratchBytes } from "./conv2d";
export { conv2dBackwardInput, conv2dBackwardInputScratchBytes } from "./conv2dBackwardInput";
export { conv2dBackwardWeight, conv2dBackwardWeightScratchBytes } from "./conv2dBackwardWeight";
export { conv2dWinnersScratchBytes } from "./conv2dWinners";
export { conv2dWinnersBackwardInput } from "./conv2dWinnersBackwardInput";
export { conv2dWinnersBackwardWeight } from "./conv2dWinnersBackwardWeight";
export { copyRows, copyStrided, gatherRows, scatterAddRows, transposeMatrices } from "./copy";
export { embeddingConvMax, embeddingConvMaxScratchBytes } from "./embeddingConvMax";
export { embeddingConvMaxBackwardFilters, embeddingConvMaxBackwardRows, embeddingConvMaxBackwardScratchBytes, winningWords } from "./embeddingConvMaxBackward";
export { elementLoss } from "./elementLoss";
export { gemm, gemmBatch, gemmScratchBytes } from "./gemm";
export { affineRows } from "./groupNorm";
export { layerNormBackwardRows, layerNormColumns, layerNormRows } from "./layerNorm";
export { nllBackwardRows, nllRows } from "./nllLoss";
export { adam, rmsprop, sgd } from "./optimizer";
export { packWeight } from "./packedProduct";
export { maxPool2d, maxPool2dBackward } from "./pool2d";
export { recurrentForward, recurrentScratchBytes } from "./recurrent";
export { recurrentBackward } from "./recurrentBackward";
export { argMaxRows, reduceColumns, reduceRows } from "./reduce";
export { addToRows, numberRows, spreadRows } from "./rowsGradient";
export { crossEntropyBackwardRows, crossEntropyRows, logSoftmaxRows, softmaxRows } from "./softmax";
export { reluBackward, unary } from "./unary";
export { distinctWords, packWords } from "./words";
export { averageWindows, averageWindowsBackward, maxWindows } from "./windows";
