"""The package's models in PyTorch, step by step as papers and tutorial write them, with the same state-dict keys."""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "core/test/golden"))

import golden  # noqa: E402

golden.RECORDINGS = HERE / "recordings"
Golden = golden.Golden

CELLS = {"gru": nn.GRU, "lstm": nn.LSTM}


class Encoder(nn.Module):
    def __init__(self, words, config):
        super().__init__()
        hidden = config["hiddenSize"]
        self.cell = config.get("cell", "gru")
        size = config.get("embeddingSize", hidden)
        self.embedding = nn.Embedding(words, size)
        layer = CELLS[self.cell](
            size,
            hidden,
            num_layers=config.get("encoderLayers", 1),
            bidirectional=config.get("bidirectional", False),
            batch_first=True,
        )
        setattr(self, self.cell, layer)

    def forward(self, source, lengths):
        embedded = self.embedding(source)
        layer = getattr(self, self.cell)
        if lengths is None:
            return layer(embedded)
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        output, state = layer(packed)
        return pad_packed_sequence(output, batch_first=True, total_length=source.shape[1])[0], state


class Bridge(nn.Module):
    def __init__(self, config):
        super().__init__()
        hidden = config["hiddenSize"]
        self.directions = 2 if config.get("bidirectional") else 1
        self.layers = config.get("decoderLayers", 1)
        self.backward_only = config.get("arrangement") == "paper"
        width = hidden if self.backward_only else hidden * self.directions
        self.hidden = nn.Linear(width, hidden)
        self.cell = nn.Linear(width, hidden) if config.get("cell") == "lstm" else None

    def sides(self, state):
        top = state[-self.directions * self.layers :].unflatten(0, (self.layers, self.directions))
        if self.backward_only:
            return top[:, -1]
        return torch.cat([top[:, direction] for direction in range(self.directions)], 2)

    def forward(self, state):
        if self.cell is None:
            return torch.tanh(self.hidden(self.sides(state)))
        hidden, cell = state
        return torch.tanh(self.hidden(self.sides(hidden))), self.cell(self.sides(cell))


class BahdanauAttention(nn.Module):
    def __init__(self, hidden, values, bias=True):
        super().__init__()
        self.Wa = nn.Linear(hidden, hidden, bias)
        self.Ua = nn.Linear(values, hidden, bias)
        self.Va = nn.Linear(hidden, 1, bias)

    def forward(self, query, values, mask):
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(values))).squeeze(2).unsqueeze(1)
        weights = F.softmax(scores.masked_fill(~mask[:, None], -torch.inf), dim=-1)
        return torch.bmm(weights, values), weights


class LuongAttention(nn.Module):
    def __init__(self, hidden, values, score):
        super().__init__()
        self.score = score
        if score == "general":
            self.Wa = nn.Linear(values, hidden, False)
        if score == "concat":
            self.Wa = nn.Linear(hidden, hidden, False)
            self.Ua = nn.Linear(values, hidden, False)
            self.Va = nn.Linear(hidden, 1, False)

    def forward(self, query, values, mask):
        if self.score == "concat":
            scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(values))).squeeze(2).unsqueeze(1)
        else:
            keys = self.Wa(values) if self.score == "general" else values
            scores = torch.bmm(query, keys.transpose(1, 2))
        weights = F.softmax(scores.masked_fill(~mask[:, None], -torch.inf), dim=-1)
        return torch.bmm(weights, values), weights


class Decoder(nn.Module):
    def __init__(self, words, config):
        super().__init__()
        hidden = config["hiddenSize"]
        size = config.get("embeddingSize", hidden)
        values = hidden * (2 if config.get("bidirectional") else 1)
        self.kind = config["attention"]
        self.paper = config.get("arrangement") == "paper"
        self.cell = config.get("cell", "gru")
        self.embedding = nn.Embedding(words, size)
        layers = config.get("decoderLayers", 1)
        width = size
        if self.kind == "bahdanau":
            self.attention = BahdanauAttention(hidden, values, not self.paper)
            width += values
        setattr(self, self.cell, CELLS[self.cell](width, hidden, num_layers=layers, batch_first=True))
        if self.kind.startswith("luong"):
            self.attention = LuongAttention(hidden, values, self.kind.split("-")[1])
            self.combine = nn.Linear(values + hidden, hidden, False)
        if self.paper:
            self.readout = nn.Linear(hidden + size + values, 2 * hidden)
        self.out = nn.Linear(hidden, words)

    def step(self, word, state, values, mask):
        layer = getattr(self, self.cell)
        embedded = self.embedding(word)
        hidden = state[0] if self.cell == "lstm" else state
        if self.kind == "none":
            output, state = layer(F.relu(embedded), state)
            return self.out(output), state, None
        if self.kind == "bahdanau":
            context, weights = self.attention(hidden.permute(1, 0, 2), values, mask)
            output, state = layer(torch.cat((embedded, context), 2), state)
            if self.paper:
                read = self.readout(torch.cat((output, embedded, context), 2))
                output = read.unflatten(2, (-1, 2)).max(3).values
            return self.out(output), state, weights
        output, state = layer(embedded, state)
        context, weights = self.attention(output, values, mask)
        return self.out(torch.tanh(self.combine(torch.cat((context, output), 2)))), state, weights

    def forward(self, words, state, values, mask):
        logits, weights = [], []
        for step in range(words.shape[1]):
            given, state, seen = self.step(words[:, step : step + 1], state, values, mask)
            logits.append(given)
            weights.append(seen)
        return torch.cat(logits, 1), None if weights[0] is None else torch.cat(weights, 1)


class Seq2Seq(nn.Module):
    def __init__(self, config, source_words, target_words):
        super().__init__()
        self.encoder = Encoder(source_words, config)
        self.decoder = Decoder(target_words, config)
        fits = not config.get("bidirectional") and config.get("encoderLayers", 1) == config.get("decoderLayers", 1)
        self.bridge = None if fits else Bridge(config)

    def forward(self, source, lengths, words):
        outputs, state = self.encoder(source, lengths)
        if self.bridge is not None:
            state = self.bridge(state)
        places = torch.arange(source.shape[1])[None]
        mask = places < (lengths[:, None] if lengths is not None else source.shape[1])
        return self.decoder(words, state, outputs, mask.expand(source.shape[0], -1))
