"""The notes' CNN by PyTorch, for `flambeau evaluate` and `feature-maps`. Run with: python notes_cnn.py

- recordings/notes_cnn.pt: torch.save of its state dict after torch.manual_seed(0), in float16, which keeps the file small;
- recordings/notes_cnn.json: its logits in float32 for four images of made-up numbers.

    python notes_cnn.py RUN_FOLDER

loads what flambeau wrote there into the same class with strict=True, and records names, shapes and types of the tensors that
PyTorch has accepted, in recordings/strict_load.json.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

RECORDINGS = Path(__file__).parent / "recordings"


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


if len(sys.argv) > 1:
    accepted = {}
    for name in ("last", "best"):
        net = NotesCnn()
        tensors = load_file(Path(sys.argv[1]) / "weights" / f"{name}.safetensors")
        print(name, net.load_state_dict(tensors, strict=True))
        for key, value in net.state_dict().items():
            assert torch.equal(value, tensors[key])
        accepted[name] = {key: [str(value.dtype), list(value.shape)] for key, value in sorted(tensors.items())}
    (RECORDINGS / "strict_load.json").write_text(json.dumps({"torch": torch.__version__, **accepted}))
    sys.exit()

torch.manual_seed(0)
half = {key: value.half() for key, value in NotesCnn().state_dict().items()}
torch.save(half, RECORDINGS / "notes_cnn.pt")
net = NotesCnn()
print(net.load_state_dict(half, strict=True))
images = (torch.arange(4 * 784) * 7919 % 256).reshape(4, 1, 28, 28) / 255
with torch.no_grad():
    logits = net(images)
(RECORDINGS / "notes_cnn.json").write_text(json.dumps({"logits": logits.tolist()}))
