"""A run of the usual TextCNN script by PyTorch on texts made by a formula: batch 16, Adam with learning rate 0.01.

    python test/golden/text_cnn_run.py

The generator is seeded once, with 0; then unknown words' vectors are drawn as torchtext draws them (N(0, 1), word by
word; `<unk>` and `<pad>` become 0 afterwards), then the model is made, then the loader shuffles, dropout draws its masks.
Recorded are

- `initial/…`: the model's weights;
- the first 50 losses;
- at step 200 (counted from 0) the parameters and Adam's moments before the step, its batch, its loss (without dropout, in
  evaluation mode), the gradients (float64, as everywhere in the recordings), and the loss of the same batch after a step;
- `multichannel/…`: weights, words and logits of Kim's network with two tables.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader

sys.path.insert(0, str(Path(__file__).parents[3] / "core" / "test" / "golden"))
import golden

golden.RECORDINGS = Path(__file__).parent / "recordings"

WORDS, DIM, FILTERS, SIZES, BATCH, TEXTS = 120, 12, 8, (3, 4, 5), 16, 480
LOSSES, RESTART = 50, 200


class CNN(nn.Module):
    def __init__(self, vocab_size, embedding_dim, n_filters, filter_sizes, output_dim, dropout, pad_idx):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim, padding_idx=pad_idx)
        self.convs = nn.ModuleList([nn.Conv2d(1, n_filters, (fs, embedding_dim)) for fs in filter_sizes])
        self.fc = nn.Linear(len(filter_sizes) * n_filters, output_dim)
        self.dropout = nn.Dropout(dropout)

    def forward(self, text):
        embedded = self.embedding(text).unsqueeze(1)
        conved = [F.relu(conv(embedded)).squeeze(3) for conv in self.convs]
        pooled = [F.max_pool1d(conv, conv.shape[2]).squeeze(2) for conv in conved]
        return self.fc(self.dropout(torch.cat(pooled, dim=1)))


def vector(word):
    """What stands in for a pretrained vector: every word but each fifth has one."""
    if word % 5 == 0:
        return None
    return torch.tensor([((word * 31 + i * 17) % 41 - 20) / 32 for i in range(DIM)])


def texts():
    """Words by a linear congruential generator; low ones are frequent, and a text is positive if it has enough odd ones."""
    state = 12345
    made = []
    for _ in range(TEXTS):
        state = (state * 1103515245 + 12345) % 2**31
        length = 6 + state % 25
        ids = []
        for _ in range(length):
            state = (state * 1103515245 + 12345) % 2**31
            share = (state >> 8) % 1000 / 1000
            ids.append(2 + int(share * share * (WORDS - 2)))
        made.append((ids, float(sum(i % 2 for i in ids) * 2 > length)))
    return made


def collate(examples):
    ids = nn.utils.rnn.pad_sequence([torch.tensor(ids) for ids, _ in examples], batch_first=True, padding_value=1)
    return ids, torch.tensor([label for _, label in examples])


def seeded():
    torch.manual_seed(0)
    rows = []
    for word in range(WORDS):
        known = vector(word)
        rows.append(torch.empty(DIM).normal_() if known is None else known)
    table = torch.stack(rows)
    table[:2] = 0
    model = CNN(WORDS, DIM, FILTERS, SIZES, 1, 0.5, 1)
    model.embedding.weight.data.copy_(table)
    return model


def run():
    recording = golden.Golden("text_cnn_run")
    model = seeded()
    recording.case("initial", {}, dict(model.state_dict()))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    loader = DataLoader(texts(), batch_size=BATCH, shuffle=True, collate_fn=collate)
    losses = []
    step = 0
    while step <= RESTART:
        for ids, labels in loader:
            if step == RESTART:
                restart(recording, model, optimizer, ids, labels)
                step += 1
                break
            loss = F.binary_cross_entropy_with_logits(model(ids).squeeze(1), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step < LOSSES:
                losses.append(loss.item())
            step += 1
    recording.case("first", {"losses": losses}, {})
    multichannel(recording)
    recording.save()


def restart(recording, model, optimizer, ids, labels):
    model.eval()
    names = [name for name, _ in model.named_parameters()]
    state = optimizer.state_dict()["state"]
    tensors = {f"parameters/{name}": p for name, p in model.named_parameters()}
    tensors |= {f"exp_avg/{name}": state[i]["exp_avg"] for i, name in enumerate(names)}
    tensors |= {f"exp_avg_sq/{name}": state[i]["exp_avg_sq"] for i, name in enumerate(names)}
    tensors |= {"ids": ids.to(torch.int32), "labels": labels}
    tensors = {key: value.detach().clone() for key, value in tensors.items()}

    exact = CNN(WORDS, DIM, FILTERS, SIZES, 1, 0.5, 1).double().eval()
    exact.load_state_dict({key: value.double() for key, value in model.state_dict().items()})
    F.binary_cross_entropy_with_logits(exact(ids).squeeze(1), labels.double()).backward()
    tensors |= {f"gradients/{name}": p.grad.float() for name, p in exact.named_parameters()}

    loss = F.binary_cross_entropy_with_logits(model(ids).squeeze(1), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    after = F.binary_cross_entropy_with_logits(model(ids).squeeze(1), labels)
    recording.case("step 200", {"step": RESTART, "loss": loss.item(), "loss_after": after.item()}, tensors)


class Multichannel(nn.Module):
    """Kim's: every filter sees both tables, of which one is trained."""

    def __init__(self, vocab_size, embedding_dim, n_filters, filter_sizes, output_dim):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim, padding_idx=1)
        self.static_embedding = nn.Embedding(vocab_size, embedding_dim, padding_idx=1)
        self.convs = nn.ModuleList([nn.Conv2d(2, n_filters, (fs, embedding_dim)) for fs in filter_sizes])
        self.fc = nn.Linear(len(filter_sizes) * n_filters, output_dim)

    def forward(self, text):
        both = torch.stack([self.embedding(text), self.static_embedding(text)], dim=1)
        conved = [F.relu(conv(both)).squeeze(3) for conv in self.convs]
        return self.fc(torch.cat([conv.max(dim=2).values for conv in conved], dim=1))


def multichannel(recording):
    torch.manual_seed(1)
    model = Multichannel(20, 6, 4, (2, 3), 3)
    ids = torch.randint(0, 20, (5, 9))
    target = torch.tensor([0, 2, 1, 1, 0])
    logits = model(ids)
    F.cross_entropy(logits, target).backward()
    tensors = {f"parameters/{name}": p for name, p in model.named_parameters()}
    tensors |= {f"gradients/{name}": p.grad for name, p in model.named_parameters() if name != "static_embedding.weight"}
    tensors |= {"ids": ids.to(torch.int32), "target": target.to(torch.int32), "logits": logits}
    recording.case("multichannel", {}, tensors)


run()
