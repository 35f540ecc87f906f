"""From nothing to the first training step; the other half of src/start/firstStep.mjs."""

import json

import torch
import torch.nn.functional as F
from notes_cnn import NotesCnn

torch.manual_seed(0)
model = NotesCnn()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
images = (torch.arange(100 * 28 * 28) % 255).float().div(255).reshape(100, 1, 28, 28)
labels = torch.arange(100) % 10
loss = F.cross_entropy(model(images), labels)
optimizer.zero_grad()
loss.backward()
optimizer.step()
print(json.dumps({"loss": loss.item()}), flush=True)
