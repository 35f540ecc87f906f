import type { KernelConfig } from '@tensorflow/tfjs-core';
import { activationKernels } from './activations.ts';
import { additiveAttentionKernels } from './additiveAttention.ts';
import { arrangeKernels } from './arrange.ts';
import { attentionDecoderKernels } from './attentionDecoder.ts';
import { batchNormKernels } from './batchNorm.ts';
import { binaryKernels } from './binary.ts';
import { channelsLastKernels } from './channelsLast.ts';
import { compareKernels } from './compare.ts';
import { conv2dKernels } from './conv2d.ts';
import { createKernels } from './create.ts';
import { crossEntropyKernels } from './crossEntropy.ts';
import { elementLossKernels } from './elementLoss.ts';
import { embeddingKernels } from './embedding.ts';
import { embeddingConvMaxKernels } from './embeddingConvMax.ts';
import { gatherKernels } from './gather.ts';
import { groupNormKernels } from './groupNorm.ts';
import { layerNormKernels } from './layerNorm.ts';
import { linearKernels } from './linear.ts';
import { linearCrossEntropyKernels } from './linearCrossEntropy.ts';
import { matMulKernels } from './matMul.ts';
import { maxPool2dKernels } from './maxPool2d.ts';
import { nllLossKernels } from './nllLoss.ts';
import { optimizerKernels } from './optimizers.ts';
import { recurrentKernels } from './recurrent.ts';
import { reduceKernels } from './reduce.ts';
import { reluKernels } from './relu.ts';
import { softmaxKernels } from './softmax.ts';
import { transposeKernels } from './transpose.ts';
import { unaryKernels } from './unary.ts';
import { windowKernels } from './windows.ts';

/** Every kernel that this backend has of its own. */
export const ownKernels: Omit<KernelConfig, 'backendName'>[] = [
  ...additiveAttentionKernels,
  ...activationKernels,
  ...arrangeKernels,
  ...attentionDecoderKernels,
  ...batchNormKernels,
  ...binaryKernels,
  ...channelsLastKernels,
  ...compareKernels,
  ...conv2dKernels,
  ...createKernels,
  ...crossEntropyKernels,
  ...embeddingKernels,
  ...embeddingConvMaxKernels,
  ...elementLossKernels,
  ...gatherKernels,
  ...groupNormKernels,
  ...layerNormKernels,
  ...linearCrossEntropyKernels,
  ...linearKernels,
  ...matMulKernels,
  ...maxPool2dKernels,
  ...nllLossKernels,
  ...optimizerKernels,
  ...recurrentKernels,
  ...reduceKernels,
  ...reluKernels,
  ...softmaxKernels,
  ...transposeKernels,
  ...unaryKernels,
  ...windowKernels,
];
