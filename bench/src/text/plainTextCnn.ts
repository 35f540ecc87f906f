import { functional as F, nn, type Tensor } from '@flambeau/core';
import { concat, expandDims, squeeze } from '@tensorflow/tfjs-core';

/** The notes' TextCNN as a user writes it who has never heard of fusion, and as `pytorch/text_cnn.py` writes it. */
export class PlainTextCnn extends nn.Module {
  embedding: nn.Embedding;
  convs: nn.ModuleList<nn.Conv2d>;
  fc: nn.Linear;
  dropout: nn.Dropout;

  constructor(vocabulary: number, width: number, heights: readonly number[], filters: number) {
    super();
    // In PyTorch's order: each layer draws its weights from the one generator.
    this.embedding = new nn.Embedding(vocabulary, width, { paddingIdx: 1 });
    this.convs = new nn.ModuleList(heights.map((height) => new nn.Conv2d(1, filters, [height, width])));
    this.fc = new nn.Linear(heights.length * filters, 1);
    this.dropout = new nn.Dropout(0.5);
  }

  forward(words: Tensor): Tensor {
    const images = expandDims(this.embedding.forward(words), 1);
    const maxima = [...this.convs].map((convolution) => {
      const columns = squeeze(F.relu(convolution.forward(images)), [3]);
      return squeeze(F.maxPool1d(columns, columns.shape[2]!), [2]);
    });
    return this.fc.forward(this.dropout.forward(concat(maxima, 1)));
  }
}
