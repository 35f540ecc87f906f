"""Batch normalisation: the function with its gradients, the modules over several batches, a bias before it."""

import torch
import torch.nn.functional as F
from torch import nn

from golden import Golden, gradients, randn

golden = Golden("batch_norm")


def function(name, shape, training, affine=True, running=True, momentum=0.1, eps=1e-5, shift=0.0):
    channels = shape[1]
    inputs = {"input": randn(shape, 1) * 2 + shift}
    if affine:
        inputs |= {"weight": randn((channels,), 2), "bias": randn((channels,), 3)}
    statistics = {}
    if running:
        statistics = {"running_mean": randn((channels,), 4), "running_var": randn((channels,), 5).abs() + 0.5}
    updated = {key: value.double() for key, value in statistics.items()}

    def call(input, weight=None, bias=None):
        return F.batch_norm(
            input, updated.get("running_mean"), updated.get("running_var"), weight, bias, training, momentum, eps
        )

    tensors = gradients(call, inputs) | statistics | {f"updated_{key}": value.float() for key, value in updated.items()}
    config = {"kind": "function", "training": training, "affine": affine, "running": running, "momentum": momentum}
    golden.case(name, config | {"eps": eps}, tensors)


function("train, [N, C]", (6, 4), True)
function("train, [N, C, L]", (3, 4, 5), True)
function("train, images", (3, 4, 5, 6), True)
function("train, batch 1", (1, 3, 4, 5), True)
# With a small eps two values become -1 and 1 whatever they are, and the gradient is rounding errors.
function("train, two values a channel", (2, 3), True, eps=0.1)
function("train, no affine", (4, 3, 2, 2), True, affine=False)
function("train, no running statistics", (4, 3, 2, 2), True, running=False)
function("train, neither", (5, 3), True, affine=False, running=False)
function("train, momentum 0.7, eps 1e-3", (4, 3, 2, 2), True, momentum=0.7, eps=1e-3)
function("train, momentum 0", (4, 3), True, momentum=0.0)
function("train, momentum 1", (4, 3), True, momentum=1.0)
function("train, mean far from 0", (8, 3, 4, 4), True, shift=100.0)
function("eval, [N, C]", (4, 3), False)
function("eval, images", (2, 3, 4, 5), False)
function("eval, batch 1", (1, 3), False)
function("eval, no affine", (2, 3, 4, 5), False, affine=False)


def module(name, shape, **options):
    """Three batches in training, then one in evaluation."""
    kind = nn.BatchNorm1d if len(shape) < 4 else nn.BatchNorm2d
    layer = kind(shape[1], **options).double()
    tensors = {}
    if options.get("affine", True):
        layer.weight.data = randn((shape[1],), 2).double()
        layer.bias.data = randn((shape[1],), 3).double()
        tensors |= {"weight": layer.weight.float(), "bias": layer.bias.float()}
    for step in range(4):
        layer.train(step < 3)
        input = randn(shape, 10 + step) * (step + 1) + step
        tensors |= {f"input{step}": input, f"output{step}": layer(input.double()).float()}
        if layer.running_mean is not None:
            tensors |= {
                f"running_mean{step}": layer.running_mean.float(),
                f"running_var{step}": layer.running_var.float(),
                f"num_batches_tracked{step}": layer.num_batches_tracked.clone(),
            }
    golden.case(name, {"kind": "module", "features": shape[1], "dimensions": 1 if len(shape) < 4 else 2, **options}, tensors)


module("BatchNorm1d", (5, 3))
module("BatchNorm1d over [N, C, L]", (3, 4, 5))
module("BatchNorm2d", (3, 4, 5, 5))
module("BatchNorm2d, cumulative average", (3, 4, 2, 2), momentum=None)
module("BatchNorm2d, no affine", (3, 4, 2, 2), affine=False)
module("BatchNorm2d, no tracking", (3, 4, 2, 2), track_running_stats=False)
module("BatchNorm1d, momentum 0.3, eps 0.01", (4, 2), momentum=0.3, eps=0.01)


def behind_linear(input, weight, bias, scale, shift):
    return F.batch_norm(F.linear(input, weight, bias), None, None, scale, shift, training=True)


golden.case(
    "a bias before it",
    {"kind": "bias"},
    gradients(
        behind_linear,
        {
            "input": randn((8, 5), 1),
            "weight": randn((4, 5), 2),
            "bias": randn((4,), 3),
            "scale": randn((4,), 4),
            "shift": randn((4,), 5),
        },
    ),
)
golden.save()
