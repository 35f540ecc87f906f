import { backendOf, type nn, type Tensor } from '@flambeau/core';
import { transpose } from '@tensorflow/tfjs-core';

/**
 * The vectors of the words before each step, with dropout: int32 `[N, T]` → `[N, T, E]`. The mask is drawn step after step,
 * so that from one seed it is that of a loop over the steps, as PyTorch's tutorial has it.
 */
export function embedSteps(embedding: nn.Embedding, dropout: nn.Dropout, input: Tensor): Tensor {
  const steps = input.shape[1]!;
  if (steps === 1 || !dropout.training || dropout.p === 0) return dropout.forward(embedding.forward(input));
  return backendOf(input).run(() => transpose(dropout.forward(embedding.forward(transpose(input))), [1, 0, 2]));
}
