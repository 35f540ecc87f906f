"""Every kind of model, forward and backward: weights, a batch of several lengths, logits, attention, loss and gradients.

    python test/golden/seq2seq.py
"""

import torch
import torch.nn.functional as F
from reference import Golden, Seq2Seq

SOURCE_WORDS, TARGET_WORDS = 9, 7
LENGTHS = torch.tensor([3, 6, 1, 5])
TARGETS = [[3, 4, 1], [2, 6, 6, 5, 1], [1], [4, 2, 3, 1]]

CONFIGS = {
    "tutorial": {"attention": "bahdanau", "hiddenSize": 8},
    "no attention": {"attention": "none", "hiddenSize": 8},
    "no attention, LSTM of two layers": {"attention": "none", "hiddenSize": 6, "cell": "lstm", "encoderLayers": 2, "decoderLayers": 2},
    "bidirectional": {"attention": "bahdanau", "hiddenSize": 6, "embeddingSize": 5, "bidirectional": True},
    "bidirectional LSTM, deep encoder": {"attention": "bahdanau", "hiddenSize": 5, "cell": "lstm", "bidirectional": True, "encoderLayers": 2},
    "paper": {"attention": "bahdanau", "hiddenSize": 6, "embeddingSize": 4, "bidirectional": True, "arrangement": "paper"},
    "Luong, dot": {"attention": "luong-dot", "hiddenSize": 6},
    "Luong, general": {"attention": "luong-general", "hiddenSize": 6, "bidirectional": True},
    "Luong, concat": {"attention": "luong-concat", "hiddenSize": 6, "cell": "lstm"},
}

recorded = Golden("seq2seq")
for seed, (name, config) in enumerate(CONFIGS.items()):
    torch.manual_seed(seed)
    model = Seq2Seq(config, SOURCE_WORDS, TARGET_WORDS)
    # Livelier than as drawn, where states hardly differ and the gradients of what compares them are all rounding.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)
    weights = {key: value.detach().clone() for key, value in model.state_dict().items()}
    model.double()
    batch, longest = len(TARGETS), max(map(len, TARGETS))
    source = torch.randint(2, SOURCE_WORDS, (batch, int(LENGTHS.max())))
    source[torch.arange(source.shape[1])[None] >= LENGTHS[:, None]] = 0
    target = torch.full((batch, longest), -100)
    words = torch.zeros((batch, longest), dtype=torch.long)
    for row, ids in enumerate(TARGETS):
        target[row, : len(ids)] = torch.tensor(ids)
        words[row, 1 : len(ids)] = torch.tensor(ids[:-1])
    logits, seen = model(source, LENGTHS, words)
    loss = F.cross_entropy(logits.flatten(0, 1), target.flatten())
    loss.backward()
    tensors = {
        "source": source.int(),
        "lengths": LENGTHS.int(),
        "input": words.int(),
        "target": target.int(),
        "logits": logits.float(),
        "weights": None if seen is None else seen.float(),
    }
    tensors |= {f"parameters/{key}": value for key, value in weights.items()}
    tensors |= {f"gradients/{key}": value.grad.float() for key, value in model.named_parameters()}
    recorded.case(name, {"model": config, "loss": loss.item()}, tensors)
recorded.save()
