"""A run of PyTorch's tutorial "Translation with a sequence to sequence network and attention", its models and its loop as
they stand there, on made-up pairs: batch 32, two Adams with learning rate 0.001, NLLLoss that counts the filling, no dropout.

    python test/golden/tutorial_run.py

The generator is seeded once, with 0; then encoder and decoder are made, then the loader shuffles. Recorded are the pairs,
the first 20 losses with the tutorial's hidden size of 128, and, with a hidden size of 32 to keep the recording small, the
parameters and both Adams' moments before step 200, its batch, its loss, the gradients (in float64 from the same
parameters) and the loss of the same batch after the step.

With an argument, a tab-separated file of pairs, the first 20 losses of the tutorial's own run on them are printed instead.
"""

import copy
import random
import re
import sys
import unicodedata

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

from reference import Golden

SOS_token, EOS_token, MAX_LENGTH = 0, 1, 10
LOSSES, RESTART = 20, 200


class EncoderRNN(nn.Module):
    def __init__(self, input_size, hidden_size, dropout_p=0.1):
        super().__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(dropout_p)

    def forward(self, input):
        embedded = self.dropout(self.embedding(input))
        output, hidden = self.gru(embedded)
        return output, hidden


class BahdanauAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.Wa = nn.Linear(hidden_size, hidden_size)
        self.Ua = nn.Linear(hidden_size, hidden_size)
        self.Va = nn.Linear(hidden_size, 1)

    def forward(self, query, keys):
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys)))
        scores = scores.squeeze(2).unsqueeze(1)
        weights = F.softmax(scores, dim=-1)
        context = torch.bmm(weights, keys)
        return context, weights


class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden_size, output_size, dropout_p=0.1):
        super().__init__()
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.attention = BahdanauAttention(hidden_size)
        self.gru = nn.GRU(2 * hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, output_size)
        self.dropout = nn.Dropout(dropout_p)

    def forward(self, encoder_outputs, encoder_hidden, target_tensor=None):
        batch_size = encoder_outputs.size(0)
        decoder_input = torch.empty(batch_size, 1, dtype=torch.long).fill_(SOS_token)
        decoder_hidden = encoder_hidden
        decoder_outputs = []
        attentions = []
        for i in range(MAX_LENGTH):
            decoder_output, decoder_hidden, attn_weights = self.forward_step(
                decoder_input, decoder_hidden, encoder_outputs
            )
            decoder_outputs.append(decoder_output)
            attentions.append(attn_weights)
            decoder_input = target_tensor[:, i].unsqueeze(1)
        decoder_outputs = torch.cat(decoder_outputs, dim=1)
        decoder_outputs = F.log_softmax(decoder_outputs, dim=-1)
        return decoder_outputs, decoder_hidden, torch.cat(attentions, dim=1)

    def forward_step(self, input, hidden, encoder_outputs):
        embedded = self.dropout(self.embedding(input))
        query = hidden.permute(1, 0, 2)
        context, attn_weights = self.attention(query, encoder_outputs)
        input_gru = torch.cat((embedded, context), dim=2)
        output, hidden = self.gru(input_gru, hidden)
        output = self.out(output)
        return output, hidden, attn_weights


def loss_of(encoder, decoder, source, target):
    encoder_outputs, encoder_hidden = encoder(source)
    decoder_outputs, _, _ = decoder(encoder_outputs, encoder_hidden, target)
    return nn.NLLLoss()(decoder_outputs.view(-1, decoder_outputs.size(-1)), target.view(-1))


def seeded_run(source, target, sizes, hidden_size, dropout_p=0.0):
    """Yields (step, models, optimizers, batch, loss) with the gradients ready and the step not yet taken."""
    torch.manual_seed(0)
    encoder = EncoderRNN(sizes[0], hidden_size, dropout_p)
    decoder = AttnDecoderRNN(hidden_size, sizes[1], dropout_p)
    models = encoder, decoder
    optimizers = [optim.Adam(model.parameters(), lr=0.001) for model in models]
    data = TensorDataset(source, target)
    loader = DataLoader(data, sampler=RandomSampler(data), batch_size=32)
    step = 0
    while True:
        for batch in loader:
            for optimizer in optimizers:
                optimizer.zero_grad()
            loss = loss_of(*models, *batch)
            loss.backward()
            yield step, models, optimizers, batch, loss.item()
            for optimizer in optimizers:
                optimizer.step()
            step += 1


def filled(sentences):
    ids = np.zeros((len(sentences), MAX_LENGTH), dtype=np.int64)
    for row, sentence in enumerate(sentences):
        ids[row, : len(sentence) + 1] = [*sentence, EOS_token]
    return torch.from_numpy(ids)


def made_up_pairs(count, words):
    """A target is some of its source from the end, each word another: lengths differ."""
    draw = random.Random(0)
    pairs = []
    for _ in range(count):
        source = [draw.randrange(2, words) for _ in range(draw.randint(1, MAX_LENGTH - 1))]
        pairs.append((source, [2 + (word * 7) % (words - 2) for word in reversed(source[: draw.randint(1, 9)])]))
    return pairs


def tutorial_pairs(path):
    """The tutorial's pairs and vocabularies, French to English."""
    prefixes = ("i am ", "i m ", "he is", "he s ", "she is", "she s ", "you are", "you re ", "we are", "we re ", "they are", "they re ")

    def normalize(s):
        s = "".join(c for c in unicodedata.normalize("NFD", s.lower().strip()) if unicodedata.category(c) != "Mn")
        s = re.sub(r"([.!?])", r" \1", s)
        return re.sub(r"[^a-zA-Z!?]+", r" ", s).strip()

    lines = open(path, encoding="utf-8").read().strip().split("\n")
    pairs = [[normalize(s) for s in line.split("\t")][::-1] for line in lines]
    pairs = [p for p in pairs if all(len(s.split(" ")) < MAX_LENGTH for s in p) and p[1].startswith(prefixes)]
    sides = []
    for side in zip(*pairs):
        ids = {}
        sides.append([[ids.setdefault(word, len(ids) + 2) for word in sentence.split(" ")] for sentence in side])
        sides.append(len(ids) + 2)
    return sides


if len(sys.argv) > 1:
    source, source_words, target, target_words = tutorial_pairs(sys.argv[1])
    print(f"{len(source)} pairs, {source_words} and {target_words} words")
    dropout_p = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    for step, models, optimizers, batch, loss in seeded_run(
        filled(source), filled(target), (source_words, target_words), 128, dropout_p
    ):
        print(step, loss)
        if step == LOSSES - 1:
            break
    sys.exit()

WORDS = 60
pairs = made_up_pairs(900, WORDS)
source, target = (filled(side) for side in zip(*pairs))
recorded = Golden("tutorial_run")
losses = []
for step, models, optimizers, batch, loss in seeded_run(source, target, (WORDS, WORDS), 128):
    losses.append(loss)
    if step == LOSSES - 1:
        break
with_dropout = []
for step, models, optimizers, batch, loss in seeded_run(source, target, (WORDS, WORDS), 128, 0.1):
    with_dropout.append(loss)
    if step == LOSSES - 1:
        break
recorded.case(
    "first",
    {"words": WORDS, "losses": losses, "losses_with_dropout": with_dropout},
    {"source": source.to(torch.uint8), "target": target.to(torch.uint8)},
)

restart = None
for step, models, optimizers, batch, loss in seeded_run(source, target, (WORDS, WORDS), 32):
    if restart is not None:
        with torch.no_grad():
            recorded.cases[-1]["config"]["loss_after"] = loss_of(*models, *restart).item()
        break
    if step == RESTART:
        exact = [copy.deepcopy(model).double() for model in models]
        for model in exact:
            model.zero_grad()
        loss_of(*exact, *batch).backward()
        tensors = {"source": batch[0].to(torch.uint8), "target": batch[1].to(torch.uint8)}
        for part, model, twin, optimizer in zip(("encoder", "decoder"), models, exact, optimizers):
            for (name, parameter), exact_parameter in zip(model.named_parameters(), twin.parameters()):
                state = optimizer.state[parameter]
                assert state["step"] == step
                tensors |= {
                    f"parameters/{part}.{name}": parameter,
                    f"exp_avg/{part}.{name}": state["exp_avg"],
                    f"exp_avg_sq/{part}.{name}": state["exp_avg_sq"],
                    f"gradients/{part}.{name}": exact_parameter.grad.float(),
                }
        recorded.case(f"step {step}", {"words": WORDS, "step": step, "loss": loss}, tensors)
        restart = batch
recorded.save()
