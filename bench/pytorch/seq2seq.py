"""Encoder and decoder of PyTorch's tutorial "Translation with a sequence to sequence network and attention", and one step of its training
loop: step by step, two Adams, NLLLoss that counts every place."""

import torch
import torch.nn.functional as F
from torch import nn


class EncoderRNN(nn.Module):
    def __init__(self, words, hidden, dropout=0.1):
        super().__init__()
        self.embedding = nn.Embedding(words, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.dropout = nn.Dropout(dropout)

    def forward(self, source):
        return self.gru(self.dropout(self.embedding(source)))


class BahdanauAttention(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.Wa = nn.Linear(hidden, hidden)
        self.Ua = nn.Linear(hidden, hidden)
        self.Va = nn.Linear(hidden, 1)

    def forward(self, query, keys):
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys)))
        weights = F.softmax(scores.squeeze(2).unsqueeze(1), dim=-1)
        return torch.bmm(weights, keys), weights


class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden, words, dropout=0.1):
        super().__init__()
        self.embedding = nn.Embedding(words, hidden)
        self.attention = BahdanauAttention(hidden)
        self.gru = nn.GRU(2 * hidden, hidden, batch_first=True)
        self.out = nn.Linear(hidden, words)
        self.dropout = nn.Dropout(dropout)

    def forward(self, encoded, state, target):
        word = torch.zeros(encoded.shape[0], 1, dtype=torch.long)
        outputs, seen = [], []
        for step in range(target.shape[1]):
            output, state, weights = self.forward_step(word, state, encoded)
            outputs.append(output)
            seen.append(weights)
            word = target[:, step].unsqueeze(1)
        return F.log_softmax(torch.cat(outputs, dim=1), dim=-1), state, torch.cat(seen, dim=1)

    def forward_step(self, word, state, encoded):
        embedded = self.dropout(self.embedding(word))
        context, weights = self.attention(state.permute(1, 0, 2), encoded)
        output, state = self.gru(torch.cat((embedded, context), dim=2), state)
        return self.out(output), state, weights


def train_step(source, target, source_words, target_words, hidden):
    """A function that trains one step on this batch and gives its loss."""
    torch.manual_seed(0)
    encoder, decoder = EncoderRNN(source_words, hidden), AttnDecoderRNN(hidden, target_words)
    optimizers = [torch.optim.Adam(model.parameters(), lr=0.001) for model in (encoder, decoder)]
    criterion = nn.NLLLoss()

    def step():
        for optimizer in optimizers:
            optimizer.zero_grad()
        encoded, state = encoder(source)
        outputs, _, _ = decoder(encoded, state, target)
        loss = criterion(outputs.view(-1, target_words), target.view(-1))
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        return loss

    return step
