"""Recurrent layers and cells: made from PyTorch's arguments, forward and gradients of all outputs (output, h_n, c_n,
recorded flat and one behind the other, under one gradient). Parameter number i is `randn(shape, 100 + i) / 2`, which
TypeScript draws itself.

`lengths`: the padded input is packed, and the output padded again.
"""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from golden import Golden, randn

golden = Golden("recurrent")


def flat(result):
    """All tensors in a nest of tuples, one behind the other."""
    if isinstance(result, torch.Tensor):
        return result.reshape(-1)
    return torch.cat([flat(part) for part in result])


def case(name, kind, *arguments, input, states=(), lengths=None, seed=None, training=True, **options):
    layer = getattr(nn, kind)(*arguments, **options)
    layer.train(training)
    for i, parameter in enumerate(layer.parameters()):
        parameter.data = randn(parameter.shape, 100 + i) / 2
    layer.double()
    leaves = {"input": input.double().requires_grad_()}
    for key, state in zip(["h0", "c0"], states):
        leaves[key] = state.double().requires_grad_()
    given = [leaves[key] for key in ["h0", "c0"] if key in leaves]
    given = [] if not given else given if len(given) == 1 else [tuple(given)]
    if seed is not None:
        torch.manual_seed(seed)
    batch_first = options.get("batch_first", False)
    if lengths is None:
        result = layer(leaves["input"], *given)
    else:
        ordered = lengths == sorted(lengths, reverse=True)
        packed = pack_padded_sequence(leaves["input"], lengths, batch_first, enforce_sorted=ordered)
        output, last = layer(packed, *given)
        steps = input.shape[1 if batch_first else 0]
        result = pad_packed_sequence(output, batch_first, total_length=steps)[0], last
    output = flat(result)
    grad_output = randn(output.shape, 2024)
    wanted = leaves | dict(layer.named_parameters())
    grads = torch.autograd.grad(output, list(wanted.values()), grad_output.double())
    config = {"kind": kind, "arguments": arguments, "options": options, "lengths": lengths, "seed": seed,
              "training": training, "parameters": list(layer.state_dict())}
    golden.case(name, config, {key: leaf.float() for key, leaf in leaves.items()} | {
        "output": output.float(), "grad_output": grad_output,
    } | {f"grad_{key}": grad.float() for key, grad in zip(wanted, grads)})


I, H, T, N = 3, 5, 4, 3
x = randn((T, N, I), 1)
kinds = [("RNN", {}), ("RNN", {"nonlinearity": "relu"}), ("GRU", {}), ("LSTM", {})]


def states(kind, *shape):
    return [randn(shape, seed) for seed in ([2, 3] if kind.startswith("LSTM") else [2])]


for kind, options in kinds:
    title = f"{kind} {options['nonlinearity']}" if options else kind
    for layers in [1, 2, 3]:
        for bidirectional in [False, True]:
            shape = (layers * (2 if bidirectional else 1), N, H)
            name = f"{title}, {layers} layers{', bidirectional' if bidirectional else ''}"
            settings = options | {"num_layers": layers, "bidirectional": bidirectional}
            case(name, kind, I, H, input=x, states=states(kind, *shape), **settings)
            case(f"{name}, packed", kind, I, H, input=x, states=states(kind, *shape), lengths=[2, 4, 1], **settings)
    case(f"{title}, sorted lengths", kind, I, H, input=x, lengths=[4, 2, 2], **options)
    case(f"{title}, longest below T", kind, I, H, input=x, lengths=[2, 3, 1], bidirectional=True, **options)
    case(f"{title}, batch first", kind, I, H, input=randn((N, T, I), 4), states=states(kind, 1, N, H), batch_first=True,
         **options)
    case(f"{title}, batch first, packed", kind, I, H, input=randn((N, T, I), 4), lengths=[1, 3, 4], batch_first=True,
         bidirectional=True, **options)
    case(f"{title}, no bias", kind, I, H, input=x, bias=False, num_layers=2, **options)
    case(f"{title}, no batch", kind, I, H, input=x[:, 0], states=states(kind, 2, H), num_layers=2, **options)
    case(f"{title}, one step of one sequence", kind, I, H, input=x[:1, :1], **options)
    case(f"{title}, dropout", kind, I, H, input=x, num_layers=3, dropout=0.4, seed=5, **options)
    case(f"{title}, dropout, batch first, bidirectional", kind, I, H, input=randn((N, T, I), 4), num_layers=2,
         dropout=0.3, seed=6, batch_first=True, bidirectional=True, **options)
    case(f"{title}, dropout, packed", kind, I, H, input=x, lengths=[2, 4, 1], num_layers=2, dropout=0.5, seed=7,
         **options)
    case(f"{title}, dropout, evaluating", kind, I, H, input=x, num_layers=2, dropout=0.5, seed=8, training=False,
         **options)
    case(f"{title}Cell", f"{kind}Cell", I, H, input=x[0], states=states(kind, N, H), **options)
    case(f"{title}Cell, no state, no bias", f"{kind}Cell", I, H, input=x[0], bias=False, **options)
    case(f"{title}Cell, no batch", f"{kind}Cell", I, H, input=x[0, 0], states=states(kind, H), **options)
golden.save()
