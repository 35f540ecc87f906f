"""F.linear: forward and gradients."""

import torch
import torch.nn.functional as F

from golden import Golden, gradients, randn

golden = Golden("linear")


def case(name, shape, out_features, bias=True):
    inputs = {
        "input": randn(shape, 1),
        "weight": randn((out_features, shape[-1]), 2),
        "bias": randn((out_features,), 3) if bias else None,
    }
    golden.case(name, {"bias": bias}, gradients(F.linear, inputs))


case("plain", (4, 5), 3)
case("batch 1", (1, 7), 2)
case("no bias", (6, 3), 5, bias=False)
case("3-D input", (2, 3, 4), 5)
case("4-D input, no bias", (2, 1, 3, 4), 2, bias=False)
case("1-D input", (6,), 4)
case("one feature in, one out", (5, 1), 1)
case("wide", (5, 100), 40)
case("sizes that fill no register", (13, 37), 19)
golden.save()
