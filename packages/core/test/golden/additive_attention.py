"""Additive attention as the tutorial's BahdanauAttention computes it, with a mask. The output recorded is context and
weights, each flattened, one after the other, so that both have a gradient."""

import torch

from golden import Golden, gradients, randn

golden = Golden("additive_attention")


def attention(query, keys, values, score_weight, score_bias=None, lengths=None):
    scores = torch.tanh(query.unsqueeze(2) + keys.unsqueeze(1)) @ score_weight.reshape(-1)
    if score_bias is not None:
        scores = scores + score_bias
    if lengths is not None:
        beyond = torch.arange(keys.shape[1]) >= lengths.reshape(-1, 1, 1)
        scores = scores.masked_fill(beyond, float("-inf"))
    weights = torch.softmax(scores, -1)
    return torch.cat([(weights @ values).flatten(), weights.flatten()])


def case(name, batch, steps, places, features, width, lengths=None, bias=False, scale=1.0):
    inputs = {
        "query": randn((batch, steps, features), 1) * scale,
        "keys": randn((batch, places, features), 2) * scale,
        "values": randn((batch, places, width), 3),
        "score_weight": randn((features,), 4) * scale,
        "score_bias": randn((1,), 5) if bias else None,
        "lengths": None if lengths is None else torch.tensor(lengths, dtype=torch.int32),
    }
    tensors = gradients(attention, inputs)
    # The softmax cancels it; PyTorch's is what rounding leaves.
    tensors.pop("grad_score_bias", None)
    golden.case(name, {}, tensors)


case("one step", 3, 1, 5, 4, 6)
case("several steps", 2, 3, 4, 8, 5)
case("lengths", 4, 2, 7, 5, 3, lengths=[7, 1, 4, 6])
case("a score bias", 2, 2, 3, 4, 4, bias=True)
case("one place", 2, 3, 1, 5, 2)
case("one of everything", 1, 1, 1, 1, 1)
case("sizes beside a vector's", 3, 5, 9, 13, 17, lengths=[9, 2, 5])
case("scores far apart", 2, 2, 6, 16, 4, lengths=[6, 3], scale=2.0)
golden.save()
