import { functional as F, type HostArray, nn, ShapeError, type Tensor } from '@flambeau/core';
import { concat, pad, reshape, transpose } from '@tensorflow/tfjs-core';

/**
 * Kim's four networks: vectors drawn at random and trained; given ones kept as they are; given ones trained; two tables
 * of given ones, one of which is trained.
 */
export type TextCnnVariant = 'rand' | 'static' | 'non-static' | 'multichannel';

export interface TextCnnOptions extends nn.ModuleOptions {
  /** Filters of each height. Default 100. */
  readonly numFilters?: number;
  /** How many words high the filters are. Default [3, 4, 5]. */
  readonly filterSizes?: readonly number[];
  /** 1 for one logit (two classes), else one logit a class. Default 1. */
  readonly outputDim?: number;
  /** Default 0.5. */
  readonly dropout?: number;
  /** The number of `<pad>`, whose vector is not trained. Default 1. */
  readonly paddingIdx?: number;
  /** Default `'non-static'`. */
  readonly variant?: TextCnnVariant;
  /** The words' first vectors, float32 `[vocabSize, embeddingDim]` ({@link embeddingMatrix}). Default: drawn from N(0, 1). */
  readonly vectors?: HostArray<'float32'>;
}

/**
 * The TextCNN of the notes: a text is a matrix of its words' vectors; filters as wide as a vector and 3, 4, 5 words high
 * move over it a word at a time; ReLU, the maximum over time, dropout, and one linear map to the logits.
 *
 * Shape: words int32 `[N, L]` → logits `[N, outputDim]`. Texts shorter than the highest filter are filled up.
 *
 * Attributes: embedding, convs (a `Conv2d(1, numFilters, [size, embeddingDim])` for each size, of two channels in the
 * variant `'multichannel'`), fc. The state dict has the keys of the usual PyTorch script: `embedding.weight`,
 * `convs.0.weight` `[100, 1, 3, 100]`, `convs.0.bias`, …, `fc.weight`, `fc.bias`; after the same seed so are the weights.
 *
 * @example
 * ```ts
 * const model = new TextCnn(25_002, 100); // 2,620,801 parameters
 * model.forward(words).shape; // [64, 250] → [64, 1]
 * ```
 *
 * Source: Kim, "Convolutional neural networks for sentence classification", arXiv 1408.5882.
 */
export class TextCnn extends nn.Module {
  readonly variant: TextCnnVariant;
  readonly filterSizes: readonly number[];
  readonly numFilters: number;
  readonly outputDim: number;
  readonly paddingIdx: number;
  embedding: nn.Embedding;
  /** The table that is not trained; only in the variant `'multichannel'`. */
  staticEmbedding: nn.Embedding | null = null;
  convs: nn.ModuleList<nn.Conv2d>;
  fc: nn.Linear;
  dropout: nn.Dropout;

  constructor(vocabSize: number, embeddingDim: number, options: TextCnnOptions = {}) {
    super();
    const { numFilters = 100, filterSizes = [3, 4, 5], outputDim = 1, dropout = 0.5, paddingIdx = 1 } = options;
    const { variant = 'non-static', vectors, backend } = options;
    if (filterSizes.length === 0 || !filterSizes.every((size) => Number.isInteger(size) && size > 0)) {
      throw new RangeError(`TextCnn: expected filter sizes whole and above 0, got [${filterSizes.join(', ')}]`);
    }
    if (vectors !== undefined && vectors.shape.join() !== `${vocabSize},${embeddingDim}`) {
      throw new ShapeError(
        `TextCnn: expected vectors of shape [${vocabSize}, ${embeddingDim}], got [${vectors.shape.join(', ')}]`,
      );
    }
    if (variant === 'rand' && vectors !== undefined) {
      throw new RangeError("TextCnn: the variant 'rand' draws its vectors, expected none");
    }
    this.variant = variant;
    this.filterSizes = [...filterSizes];
    this.numFilters = numFilters;
    this.outputDim = outputDim;
    this.paddingIdx = paddingIdx;
    // Drawn even where vectors are given, so that the layers after it are those of the PyTorch script.
    this.embedding = new nn.Embedding(vocabSize, embeddingDim, { paddingIdx, backend });
    if (vectors !== undefined) this.embedding.weight.load(vectors);
    if (variant === 'static') this.embedding.requiresGrad_(false);
    const channels = variant === 'multichannel' ? 2 : 1;
    this.convs = new nn.ModuleList(
      filterSizes.map((size) => new nn.Conv2d(channels, numFilters, [size, embeddingDim], { backend })),
    );
    this.fc = new nn.Linear(numFilters * filterSizes.length, outputDim, { backend });
    this.dropout = new nn.Dropout(dropout);
    if (variant === 'multichannel') {
      this.staticEmbedding = new nn.Embedding(vocabSize, embeddingDim, { paddingIdx, backend });
      if (vectors !== undefined) this.staticEmbedding.weight.load(vectors);
      this.staticEmbedding.requiresGrad_(false);
    }
  }

  /** The height of the highest filter: the least length of a text. */
  get widest(): number {
    return Math.max(...this.filterSizes);
  }

  /** What the filters found, the maximum over time: `[N, L]` → `[N, numFilters · sizes]`, those of each size together. */
  features(words: Tensor): Tensor {
    return this.backend.run(() => {
      const convs = [...this.convs];
      return F.embeddingConvMax(
        this.filled(words),
        this.table(),
        convs.map((conv) => this.filters(conv)),
        convs.map((conv) => conv.bias!),
        { paddingIdx: this.paddingIdx, label: this.label },
      );
    });
  }

  forward(words: Tensor): Tensor {
    return this.fc.forward(this.dropout.forward(this.features(words)));
  }

  /** Words filled up to the height of the highest filter. */
  filled(words: Tensor): Tensor {
    const lacking = this.widest - words.shape[1]!;
    if (lacking <= 0) return words;
    return pad(
      words,
      [
        [0, 0],
        [0, lacking],
      ],
      this.paddingIdx,
    );
  }

  /** The vectors that filters see: `[V, E]`, or both tables side by side, `[V, 2E]`. */
  table(): Tensor {
    const { staticEmbedding, embedding } = this;
    return staticEmbedding === null ? embedding.weight : concat([embedding.weight, staticEmbedding.weight], 1);
  }

  /**
   * A convolution's filters `[F, 1, K, E]`. Over two channels they are laid side by side, `[F, 1, K, 2E]`: the sum over
   * channels is then part of the sum over a vector.
   */
  filters({ weight }: nn.Conv2d): Tensor {
    const [count, channels, height, width] = weight.shape as [number, number, number, number];
    if (channels === 1) return weight;
    return reshape(transpose(weight, [0, 2, 1, 3]), [count, 1, height, channels * width]);
  }

  override extraRepr(): string {
    return `variant=${this.variant}`;
  }
}
