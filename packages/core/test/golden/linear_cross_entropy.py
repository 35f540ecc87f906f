"""F.linear_cross_entropy: forward and gradients."""

import torch
import torch.nn.functional as F

from golden import Golden, gradients, randn

golden = Golden("linear_cross_entropy")


def case(name, shape, features, classes, ignored=(), weighted=False, bias=True, **options):
    target = torch.randint(0, classes, shape, generator=torch.Generator().manual_seed(9))
    ignore = options.get("ignore_index", -100)
    for i in ignored:
        target.view(-1)[i] = ignore
    inputs = {
        "input": randn((*shape, features), 1),
        "linear_weight": randn((classes, features), 2),
        "linear_bias": randn((classes,), 3) if bias else None,
        "weight": randn((classes,), 4).abs() + 0.1 if weighted else None,
    }

    def call(input, linear_weight, linear_bias=None, weight=None):
        loss = F.linear_cross_entropy(
            input.reshape(-1, features), linear_weight, target.reshape(-1), linear_bias=linear_bias,
            weight=None if weight is None else weight.detach(), **options
        )
        return loss.reshape(shape) if options.get("reduction") == "none" else loss

    # Class weights have no gradient.
    kept = {key: value for key, value in inputs.items() if key != "weight"}
    tensors = gradients(lambda **leaves: call(**leaves, weight=inputs["weight"] if inputs["weight"] is None else inputs["weight"].double()), kept)
    if weighted:
        tensors["weight"] = inputs["weight"]
    tensors["target"] = target.to(torch.int32)
    golden.case(name, options, tensors)


case("plain", (6,), 5, 7)
case("no bias", (4,), 3, 5, bias=False)
case("sequences, some ignored", (3, 4), 6, 9, ignored=[3, 6, 7, 11])
case("ignored are a class", (5,), 4, 6, ignored=[0, 2], ignore_index=0)
case("sum, weighted", (5,), 4, 6, ignored=[1], weighted=True, reduction="sum")
case("unreduced", (2, 3), 4, 6, ignored=[4], reduction="none")
case("label smoothing, weighted", (7,), 4, 6, ignored=[2, 5], weighted=True, label_smoothing=0.2)
case("a vocabulary", (13,), 17, 203, ignored=[0, 5, 12])
golden.save()
