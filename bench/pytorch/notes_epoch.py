"""Whole epochs of the notes' CNN by PyTorch, to be compared with ours.

    python bench/pytorch/notes_epoch.py DATA_FOLDER [--threads 1] [--epochs 2] [--limit N] [--plain-loader] [--seed 0] [--no-evaluation]

DATA_FOLDER holds FashionMNIST's official files (.gz or unpacked). Prints a JSON object a line: what ran, one per epoch, and a summary
with the fastest epoch and the most memory held. An epoch's seconds are those of training, loading included, evaluation
not, as in the product's own "epoch" events.

By default the images lie in one tensor and a batch is indexed at once: the fastest way that PyTorch has. With
--plain-loader the data set gives one image at a time and the loader collates 100 of them, which is what most people run.
"""

import argparse
import gzip
import json
import platform
import resource
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from notes_cnn import NotesCnn
from torch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler


class Images(Dataset):
    """Images in 0..1 with their labels; an index may be one number or a list of them."""

    def __init__(self, folder, split, limit):
        images = self.read(folder, f"{split}-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)[:limit]
        self.labels = self.read(folder, f"{split}-labels-idx1-ubyte", 8).long()[:limit]
        self.images = images.float().div(255)

    @staticmethod
    def read(folder, name, header):
        unpacked = Path(folder) / name
        contents = unpacked.read_bytes() if unpacked.exists() else gzip.decompress((Path(folder) / f"{name}.gz").read_bytes())
        return torch.from_numpy(np.frombuffer(contents, dtype=np.uint8, offset=header).copy())

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.images[index], self.labels[index]


def evaluate(model, data):
    model.eval()
    with torch.no_grad():
        batches = zip(data.images.split(1000), data.labels.split(1000))
        correct = sum((model(x).argmax(1) == y).sum().item() for x, y in batches)
    model.train()
    return correct / len(data)


def emit(event, **values):
    print(json.dumps({"event": event, **values}, ensure_ascii=False), flush=True)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("data")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--epochs", type=int, default=2)
parser.add_argument("--batch-size", type=int, default=100)
parser.add_argument("--limit", type=int, default=None)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--plain-loader", action="store_true")
parser.add_argument("--no-evaluation", action="store_true")
options = parser.parse_args()

torch.set_num_threads(options.threads)
train, test = (Images(options.data, split, limit) for split, limit in [("train", options.limit), ("t10k", None)])
torch.manual_seed(options.seed)
model = NotesCnn()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
if options.plain_loader:
    loader = DataLoader(train, batch_size=options.batch_size, shuffle=True)
else:
    batches = BatchSampler(RandomSampler(train), options.batch_size, drop_last=False)
    loader = DataLoader(train, sampler=batches, batch_size=None)

emit(
    "start",
    framework="pytorch",
    version=torch.__version__,
    python=platform.python_version(),
    device=f"CPU · {torch.backends.cpu.get_cpu_capability()} · {options.threads} threads",
    parameters=sum(parameter.numel() for parameter in model.parameters()),
    trainExamples=len(train),
    testExamples=len(test),
    batchSize=options.batch_size,
    seed=options.seed,
    plainLoader=options.plain_loader,
)
seconds = []
for epoch in range(options.epochs):
    total_loss, total_correct = 0.0, 0
    start = time.perf_counter()
    for x, y in loader:
        logits = model(x)
        loss = F.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total_loss += loss.item()
        total_correct += (logits.argmax(1) == y).sum().item()
    seconds.append(time.perf_counter() - start)
    emit(
        "epoch",
        epoch=epoch,
        trainLoss=total_loss / len(loader),
        trainAccuracy=total_correct / len(train),
        totalCorrect=total_correct,
        seconds=seconds[-1],
        examplesPerSecond=len(train) / seconds[-1],
        testAccuracy=None if options.no_evaluation else evaluate(model, test),
    )
# Linux counts in KiB, macOS in bytes.
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
emit("done", fastestEpochSeconds=min(seconds), stepMs=1000 * min(seconds) / len(loader), peakBytes=peak)
