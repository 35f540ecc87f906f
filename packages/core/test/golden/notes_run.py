"""A run of the notes' CNN on FashionMNIST by PyTorch: batch 100, Adam with learning rate 0.01, images in 0..1, one thread.

    python test/golden/notes_run.py /usr/share/datasets/fashion-mnist

The generator is seeded once, with 0; then the model is made, then the loader shuffles. Recorded are

- `initial/…`: the model's weights;
- the first 20 losses, with their batches (images, labels, indices);
- at steps 100, 300 and 600 (counted from 0; 600 opens the second epoch) the parameters and Adam's moments before the
  step, its batch, its loss, the gradients, and the loss of the same batch after the step;
- the first 20 losses of the same run on the first 600 images of each class in the official order, which is the sample
  that ships with @flambeau/datasets.

Runs that differ only in rounding agree to 1e-5 for some 20 steps, and drift apart after that: hence the restarts. On
the sample they drift sooner: PyTorch's own (two threads, AVX2, float64) differ by 2e-5 at step 5 and 8e-3 by step 20.
Gradients are computed in float64 from the same parameters, as everywhere in these recordings; losses are those of the
float32 run.
"""

import copy
import gzip
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

from golden import RECORDINGS, Golden

LOSSES = 20
RESTARTS = [100, 300, 600]


class NotesCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(12 * 4 * 4, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2, 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2, 2)
        x = F.relu(self.fc1(x.reshape(-1, 12 * 4 * 4)))
        return self.out(F.relu(self.fc2(x)))


class Indices(Dataset):
    """Example i is i: the loader gives the order, the batch is taken at once."""

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return i


def read_idx(folder, name, header):
    contents = gzip.decompress((Path(folder) / f"{name}.gz").read_bytes())
    return torch.from_numpy(np.frombuffer(contents, dtype=np.uint8, offset=header).copy())


def seeded_run(images, labels):
    """Yields (step, model, optimizer, indices, x, y, loss) with the gradients ready and the step not yet taken."""
    torch.manual_seed(0)
    model = NotesCnn()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    loader = DataLoader(Indices(len(labels)), batch_size=100, shuffle=True)
    step = 0
    while True:
        for indices in loader:
            x, y = images[indices].to(torch.float32).div(255), labels[indices]
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            yield step, model, optimizer, indices, x, y, loss.item()
            optimizer.step()
            step += 1


def batch(images, labels, indices):
    return {
        "images": images[indices],
        "labels": labels[indices].to(torch.uint8),
        "indices": indices.to(torch.int32),
    }


folder = sys.argv[1]
images = read_idx(folder, "train-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)
labels = read_idx(folder, "train-labels-idx1-ubyte", 8).long()

golden = Golden("notes_run")
losses, first = [], []
restart = None
for step, model, optimizer, indices, x, y, loss in seeded_run(images, labels):
    if restart is not None:
        with torch.no_grad():
            golden.cases[-1]["config"]["loss_after"] = F.cross_entropy(model(restart[0]), restart[1]).item()
        restart = None
    if step == 0:
        golden.case("initial", {}, model.state_dict())
    if step < LOSSES:
        losses.append(loss)
        first.append(indices)
    if step == LOSSES - 1:
        golden.case("first", {"losses": losses}, batch(images, labels, torch.cat(first)))
    if step in RESTARTS:
        exact = copy.deepcopy(model).double()
        exact.zero_grad()
        exact_loss = F.cross_entropy(exact(x.double()), y)
        exact_loss.backward()
        tensors = batch(images, labels, indices)
        for (name, parameter), twin in zip(model.named_parameters(), exact.parameters()):
            state = optimizer.state[parameter]
            assert state["step"] == step
            tensors |= {
                f"parameters/{name}": parameter,
                f"exp_avg/{name}": state["exp_avg"],
                f"exp_avg_sq/{name}": state["exp_avg_sq"],
                f"gradients/{name}": twin.grad.float(),
            }
            error = (parameter.grad - twin.grad).abs().max() / twin.grad.abs().max()
            print(f"step {step} {name}: PyTorch's float32 gradient is {error:.1e} from float64")
        print(f"step {step}: loss {loss}, in float64 {exact_loss.item()}")
        golden.case(f"step {step}", {"step": step, "loss": loss}, tensors)
        restart = x, y
    if step > RESTARTS[-1]:
        break

sample = torch.cat([(labels == label).nonzero()[:600, 0] for label in range(10)]).sort().values
losses = []
for step, *_, loss in seeded_run(images[sample], labels[sample]):
    losses.append(loss)
    if len(losses) == LOSSES:
        break
golden.case("sample", {"losses": losses}, {})

golden.save()
# The images are half of it, and pack well.
path = RECORDINGS / "notes_run.safetensors"
packed = gzip.compress(path.read_bytes(), 9, mtime=0)
path.with_suffix(".safetensors.gz").write_bytes(packed)
path.unlink()
print(f"{len(packed):,} bytes packed")
