import type { Tensor } from '@tensorflow/tfjs-core';
import * as F from '../functional/embedding.ts';
import { normal } from '../init/initializers.ts';
import { type HostArray, hostArray } from '../tensor/hostArray.ts';
import { formatShape, ShapeError } from '../tensor/shape.ts';
import { Module, type ModuleOptions } from './module.ts';
import { Parameter } from './parameter.ts';

export interface EmbeddingLayerOptions extends Omit<F.EmbeddingOptions, 'label' | 'paddingIdx'>, ModuleOptions {
  /** The row that stays 0: it gets no gradient. Negative ones count from the end. */
  readonly paddingIdx?: number | null;
  /** First values, float32 `[numEmbeddings, embeddingDim]`, instead of random ones (PyTorch's `_weight`). */
  readonly weight?: HostArray<'float32'>;
}

/**
 * A table of vectors, looked up by number: words as vectors.
 *
 * Shape: int32 `[*]` → `[*, embeddingDim]`.
 *
 * Attributes: weight `[numEmbeddings, embeddingDim]` from N(0, 1), the row `paddingIdx` 0.
 *
 * @example
 * ```ts
 * new nn.Embedding(25_002, 100, { paddingIdx: 1 }).forward(words).shape; // [64, 250] → [64, 250, 100]
 * ```
 */
export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | null;
  readonly maxNorm: number | null;
  readonly normType: number;
  readonly scaleGradByFreq: boolean;
  weight: Parameter;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingLayerOptions = {}) {
    super();
    const { maxNorm = null, normType = 2, scaleGradByFreq = false, backend } = options;
    F.checkMaxNorm('Embedding', maxNorm, normType);
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = F.resolvePaddingIdx('Embedding', options.paddingIdx ?? null, numEmbeddings);
    this.maxNorm = maxNorm;
    this.normType = normType;
    this.scaleGradByFreq = scaleGradByFreq;
    this.weight = new Parameter(options.weight ?? this.randomTable(), { backend });
  }

  /**
   * An embedding of vectors that are there already, such as GloVe's.
   *
   * @param values - float32 `[numEmbeddings, embeddingDim]`; taken as they are, the padding's row too.
   * @param options.freeze - leaves them out of training. Default true.
   */
  static fromPretrained(
    values: HostArray,
    { freeze = true, ...options }: EmbeddingLayerOptions & { readonly freeze?: boolean } = {},
  ): Embedding {
    if (values.shape.length !== 2) {
      throw new ShapeError(`Embedding: expected values of shape [V, D], got ${formatShape(values.shape)}`);
    }
    const table = hostArray('float32', values.shape, Float32Array.from(values.data as ArrayLike<number>));
    const embedding = new Embedding(values.shape[0], values.shape[1], { ...options, weight: table });
    embedding.weight.requiresGrad = !freeze;
    return embedding;
  }

  forward(input: Tensor): Tensor {
    return F.embedding(input, this.weight, this);
  }

  private randomTable(): HostArray<'float32'> {
    const values = normal()([this.numEmbeddings, this.embeddingDim]);
    if (this.paddingIdx !== null) {
      values.data.fill(0, this.paddingIdx * this.embeddingDim, (this.paddingIdx + 1) * this.embeddingDim);
    }
    return values;
  }

  override extraRepr(): string {
    const { paddingIdx, maxNorm, normType, scaleGradByFreq } = this;
    const parts = [`${this.numEmbeddings}, ${this.embeddingDim}`];
    if (paddingIdx !== null) parts.push(`paddingIdx=${paddingIdx}`);
    if (maxNorm !== null) parts.push(`maxNorm=${maxNorm}`);
    if (normType !== 2) parts.push(`normType=${normType}`);
    if (scaleGradByFreq) parts.push('scaleGradByFreq=true');
    return parts.join(', ');
  }
}
