"""The notes' TextCNN as PyTorch's users write it, and the words of src/text/words.ts."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

BATCH, LENGTH, VOCABULARY, WIDTH, HEIGHTS, FILTERS, BATCHES = 64, 250, 25_002, 100, (3, 4, 5), 100, 8


class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH, padding_idx=1)
        self.convs = nn.ModuleList(nn.Conv2d(1, FILTERS, (height, WIDTH)) for height in HEIGHTS)
        self.fc = nn.Linear(len(HEIGHTS) * FILTERS, 1)
        self.dropout = nn.Dropout(0.5)

    def forward(self, words):
        images = self.embedding(words).unsqueeze(1)
        columns = [F.relu(convolution(images)).squeeze(3) for convolution in self.convs]
        maxima = [F.max_pool1d(column, column.shape[2]).squeeze(2) for column in columns]
        return self.fc(self.dropout(torch.cat(maxima, 1)))


def batches(words, fractions):
    """`words` is a file of int32, or "zipf"; `fractions(size, stream)` gives even numbers in [0, 1)."""
    if words == "zipf":
        u = fractions(BATCHES * BATCH * LENGTH, 50)
        all_words = 1 + np.floor(np.exp(u * math.log(VOCABULARY - 1)))
    else:
        all_words = np.fromfile(words, dtype=np.int32)
    return torch.from_numpy(all_words.astype(np.int64)).reshape(-1, BATCH, LENGTH)
