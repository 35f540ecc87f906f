"""A Bahdanau decoder's recurrent part, step by step with PyTorch's own cells. The output recorded is outputs, contexts,
weights and, of an LSTM, the last cell, each flattened, one after the other, so that all have a gradient."""

import torch
from torch import nn

from golden import Golden, gradients, randn

golden = Golden("attention_decoder")


def decoder(cell, first):
    def run(embedded, keys, values, h0, query_weight, score_weight, weight_ih, weight_hh, c0=None, lengths=None,
            query_bias=None, score_bias=None, bias_ih=None, bias_hh=None):
        state, memory = h0, c0
        columns = [[], [], []]
        for step in range(embedded.shape[1]):
            query = nn.functional.linear(state, query_weight, query_bias)
            scores = torch.tanh(query.unsqueeze(1) + keys) @ score_weight
            if score_bias is not None:
                scores = scores + score_bias
            if lengths is not None:
                scores = scores.masked_fill(torch.arange(keys.shape[1]) >= lengths.unsqueeze(1), float("-inf"))
            weights = torch.softmax(scores, -1)
            context = (weights.unsqueeze(1) @ values).squeeze(1)
            x = embedded[:, step]
            read = torch.cat((x, context) if first == "embedded" else (context, x), -1)
            if cell == "gru":
                state = torch.gru_cell(read, state, weight_ih, weight_hh, bias_ih, bias_hh)
            else:
                state, memory = torch.lstm_cell(read, (state, memory), weight_ih, weight_hh, bias_ih, bias_hh)
            for column, tensor in zip(columns, (state, context, weights)):
                column.append(tensor)
        all = [torch.stack(column, 1).flatten() for column in columns]
        return torch.cat(all + ([memory.flatten()] if cell == "lstm" else []))

    return run


def case(name, cell, batch, steps, places, width, features, context, hidden, lengths=None, bias=True, first="embedded"):
    maps = (3 if cell == "gru" else 4) * hidden
    inputs = {
        "embedded": randn((batch, steps, width), 1),
        "keys": randn((batch, places, features), 2),
        "values": randn((batch, places, context), 3),
        "h0": randn((batch, hidden), 4),
        "c0": randn((batch, hidden), 5) if cell == "lstm" else None,
        "lengths": None if lengths is None else torch.tensor(lengths, dtype=torch.int32),
        "query_weight": randn((features, hidden), 6) * 0.5,
        "score_weight": randn((features,), 7),
        "weight_ih": randn((maps, width + context), 8) * 0.5,
        "weight_hh": randn((maps, hidden), 9) * 0.5,
        "query_bias": randn((features,), 10) if bias else None,
        "score_bias": randn((1,), 11) if bias else None,
        "bias_ih": randn((maps,), 12) if bias else None,
        "bias_hh": randn((maps,), 13) if bias else None,
    }
    tensors = gradients(decoder(cell, first), inputs)
    # The softmax cancels it; PyTorch's is what rounding leaves.
    tensors.pop("grad_score_bias", None)
    golden.case(name, {"cell": cell, "first": first}, tensors)


for cell in ["gru", "lstm"]:
    case(f"{cell}", cell, 3, 4, 5, 4, 4, 8, 4)
    case(f"{cell}, lengths", cell, 4, 3, 7, 5, 3, 6, 5, lengths=[7, 1, 4, 6])
    case(f"{cell}, context first", cell, 2, 3, 4, 3, 5, 7, 4, lengths=[2, 4], first="context")
    case(f"{cell}, no biases", cell, 2, 3, 3, 4, 4, 4, 3, bias=False)
    case(f"{cell}, one step", cell, 3, 1, 4, 4, 5, 3, 6, lengths=[4, 2, 3])
    case(f"{cell}, one of everything", cell, 1, 1, 1, 1, 1, 1, 1)
    case(f"{cell}, sizes beside a vector's", cell, 5, 9, 6, 13, 11, 17, 19, lengths=[6, 5, 1, 3, 2])
golden.save()
