"""Layers and losses as modules: made from PyTorch's arguments, loaded with recorded parameters, forward and gradients.

A case's `arguments` and `options` are PyTorch's own; in TypeScript the same ones, camelCased, must make the layer.
"""

import torch
from torch import nn

from golden import Golden, randn

golden = Golden("layers")


def case(name, kind, *arguments, input, target=None, seed=None, training=True, buffers=None, **options):
    """`buffers`: options that are tensors (class weights), given as lists."""
    buffers = {key: torch.tensor(value) for key, value in (buffers or {}).items()}
    if seed is not None:
        torch.manual_seed(seed)
    layer = getattr(nn, kind)(*arguments, **options, **buffers)
    layer.train(training)
    state = {}
    for i, (key, parameter) in enumerate(layer.named_parameters()):
        parameter.data = randn(parameter.shape, 100 + i)
        state[f"state/{key}"] = parameter.data.clone()
    layer.double()
    for key, value in buffers.items():
        state[f"buffer/{key}"] = value
    floating = input.is_floating_point()
    leaf = input.double().requires_grad_() if floating else input
    soft = target is not None and target.is_floating_point()
    targets = [] if target is None else [target.double().requires_grad_() if soft else target]
    output = layer(leaf, *targets)
    grad_output = randn(output.shape, 2024)
    wanted = {"input": leaf} if floating else {}
    wanted |= {"target": targets[0]} if soft else {}
    wanted |= dict(layer.named_parameters())
    grads = torch.autograd.grad(output, list(wanted.values()), grad_output.double()) if wanted else []
    # A layer may change its parameters when it looks something up.
    if options.get("max_norm"):
        state |= {f"after/{key}": parameter.detach().float() for key, parameter in layer.named_parameters()}
    narrow = lambda x: x.to(torch.int32) if x.dtype == torch.int64 else x
    # JSON has no infinity.
    plain = {key: "Infinity" if value == float("inf") else value for key, value in options.items()}
    config = {"kind": kind, "arguments": arguments, "options": plain, "buffers": list(buffers), "seed": seed,
              "training": training}
    golden.case(name, config, state | {
        "input": narrow(input), "target": None if target is None else narrow(target),
        "output": output.float(), "grad_output": grad_output,
    } | {f"grad_{key}": grad.float() for key, grad in zip(wanted, grads)})


x2, x3, x4 = randn((4, 5), 1), randn((2, 4, 9), 2), randn((2, 4, 7, 9), 3)

# What the families of functions have in more cases.
case("Linear", "Linear", 5, 3, input=x2)
case("Conv2d", "Conv2d", 4, 6, 3, input=x4, stride=2, padding=1, groups=2)
case("MaxPool2d", "MaxPool2d", 3, input=x4, stride=2, padding=1, ceil_mode=True)
case("BatchNorm1d", "BatchNorm1d", 4, input=x3)
case("BatchNorm2d", "BatchNorm2d", 4, input=x4)
case("Flatten", "Flatten", input=x4)
case("ReLU", "ReLU", input=x4)
case("Dropout", "Dropout", 0.3, input=x4, seed=1)

for bias in [True, False]:
    case(f"Conv1d, bias {bias}", "Conv1d", 4, 6, 3, input=x3, bias=bias)
case("Conv1d, stride, padding", "Conv1d", 4, 3, 4, input=x3, stride=3, padding=2)
case("Conv1d, dilation, groups", "Conv1d", 4, 6, 2, input=x3, dilation=3, groups=2)
case("Conv1d, same", "Conv1d", 4, 2, 4, input=x3, padding="same", dilation=2)
case("Conv1d, no batch", "Conv1d", 4, 2, 3, input=x3[0])

for bias in [True, False]:
    case(f"ConvTranspose2d, bias {bias}", "ConvTranspose2d", 4, 3, 3, input=x4, bias=bias)
case("ConvTranspose2d, stride", "ConvTranspose2d", 4, 3, 3, input=x4, stride=2)
case("ConvTranspose2d, stride over kernel", "ConvTranspose2d", 4, 3, 2, input=x4, stride=3)
case("ConvTranspose2d, padding", "ConvTranspose2d", 4, 3, 3, input=x4, padding=1)
case("ConvTranspose2d, padding 3 of kernel 3", "ConvTranspose2d", 4, 3, 3, input=x4, padding=3)
case("ConvTranspose2d, output padding", "ConvTranspose2d", 4, 3, 3, input=x4, stride=[2, 3], padding=[1, 0],
     output_padding=[1, 2])
case("ConvTranspose2d, output padding under dilation", "ConvTranspose2d", 4, 3, 2, input=x4, dilation=3,
     output_padding=[2, 1])
case("ConvTranspose2d, output padding under dilation, within the padding", "ConvTranspose2d", 4, 3, [2, 4], input=x4,
     padding=[1, 3], dilation=2, output_padding=1)
case("ConvTranspose2d, output padding beyond the padding", "ConvTranspose2d", 4, 3, 2, input=x4, padding=[1, 0],
     dilation=3, output_padding=2)
case("ConvTranspose2d, dilation, stride", "ConvTranspose2d", 4, 3, [3, 2], input=x4, stride=2, dilation=[2, 3])
case("ConvTranspose2d, groups", "ConvTranspose2d", 4, 6, 3, input=x4, groups=2, stride=2, output_padding=1)
case("ConvTranspose2d, depthwise", "ConvTranspose2d", 4, 4, 3, input=x4, groups=4)
case("ConvTranspose2d, one pixel", "ConvTranspose2d", 4, 2, 5, input=x4[:1, :, :1, :1])
case("ConvTranspose2d, no batch", "ConvTranspose2d", 4, 2, 3, input=x4[0], stride=2)

case("MaxPool1d", "MaxPool1d", 2, input=x3)
case("MaxPool1d, stride, padding", "MaxPool1d", 3, input=x3, stride=2, padding=1)
case("MaxPool1d, dilation, ceil", "MaxPool1d", 2, input=x3, stride=3, dilation=2, ceil_mode=True)
case("MaxPool1d, no batch, negative", "MaxPool1d", 2, input=-x3[0].abs())

case("AvgPool1d", "AvgPool1d", 2, input=x3)
case("AvgPool1d, stride, padding, ceil", "AvgPool1d", 4, input=x3, stride=3, padding=2, ceil_mode=True)
case("AvgPool1d, padding does not count", "AvgPool1d", 3, input=x3, stride=2, padding=1, count_include_pad=False)

case("AvgPool2d", "AvgPool2d", 2, input=x4)
case("AvgPool2d, overlapping", "AvgPool2d", 3, input=x4, stride=1)
case("AvgPool2d, stride over kernel", "AvgPool2d", 2, input=x4, stride=3)
case("AvgPool2d, kernel 3x2", "AvgPool2d", [3, 2], input=x4, stride=[2, 1], padding=[1, 0])
case("AvgPool2d, padding", "AvgPool2d", 3, input=x4, stride=2, padding=1)
case("AvgPool2d, padding does not count", "AvgPool2d", 3, input=x4, stride=2, padding=1, count_include_pad=False)
case("AvgPool2d, ceil", "AvgPool2d", 2, input=x4, ceil_mode=True)
case("AvgPool2d, ceil, padding", "AvgPool2d", 4, input=x4, stride=3, padding=1, ceil_mode=True)
case("AvgPool2d, ceil, padding does not count", "AvgPool2d", 4, input=x4, stride=3, padding=2, ceil_mode=True,
     count_include_pad=False)
case("AvgPool2d, divisor", "AvgPool2d", 3, input=x4, padding=1, divisor_override=5)
case("AvgPool2d, no batch", "AvgPool2d", 3, input=x4[0])

for pool in ["AdaptiveAvgPool2d", "AdaptiveMaxPool2d"]:
    case(f"{pool} 1", pool, 1, input=x4)
    case(f"{pool} 3x4", pool, [3, 4], input=x4)
    case(f"{pool}, height kept", pool, [None, 2], input=x4)
    case(f"{pool}, larger than the image", pool, [9, 10], input=x4)
    case(f"{pool}, no batch", pool, 2, input=x4[0])
case("AdaptiveMaxPool2d, ties", "AdaptiveMaxPool2d", 2, input=torch.zeros(1, 2, 5, 5))

case("LayerNorm", "LayerNorm", 9, input=x3)
case("LayerNorm, 2-D", "LayerNorm", [7, 9], input=x4, eps=1e-3)
case("LayerNorm, no bias", "LayerNorm", [9], input=x4, bias=False)
case("LayerNorm, nothing learned", "LayerNorm", 9, input=x3, elementwise_affine=False)
case("LayerNorm, one row", "LayerNorm", 9, input=x3[0, 0])
case("GroupNorm", "GroupNorm", 2, 4, input=x4)
case("GroupNorm, one group", "GroupNorm", 1, 4, input=x3, eps=1e-3)
case("GroupNorm, a group a channel", "GroupNorm", 4, 4, input=x4)
case("GroupNorm, nothing learned", "GroupNorm", 2, 4, input=x4, affine=False)
# (Two values a group would nearly cancel: float32 has few digits left there, in PyTorch too.)
case("GroupNorm, no places", "GroupNorm", 2, 10, input=randn((3, 10), 4))

case("Dropout2d", "Dropout2d", 0.4, input=x4, seed=3)
case("Dropout2d, p 0.9", "Dropout2d", 0.9, input=randn((5, 7, 2, 3), 5), seed=4)
case("Dropout2d, evaluating", "Dropout2d", 0.4, input=x4, seed=3, training=False)

words = torch.tensor([[0, 3, 3, 6], [6, 1, 0, 3]])
case("Embedding", "Embedding", 7, 3, input=words)
case("Embedding, padding", "Embedding", 7, 3, input=words, padding_idx=3)
case("Embedding, padding from the end", "Embedding", 7, 5, input=words, padding_idx=-1)
case("Embedding, one word", "Embedding", 7, 3, input=torch.tensor(2))
case("Embedding, no words", "Embedding", 7, 3, input=words[:0])
case("Embedding, largest norm", "Embedding", 7, 3, input=words, max_norm=1.0)
case("Embedding, largest sum of absolute values", "Embedding", 7, 3, input=words, max_norm=1.5, norm_type=1.0)
case("Embedding, largest norm 3", "Embedding", 7, 3, input=words, padding_idx=6, max_norm=0.7, norm_type=3.0)
case("Embedding, largest absolute value", "Embedding", 7, 3, input=words, max_norm=0.5, norm_type=float("inf"))
case("Embedding, gradient by frequency", "Embedding", 7, 3, input=words, scale_grad_by_freq=True)
case("Embedding, gradient by frequency, padding", "Embedding", 7, 3, input=words, padding_idx=6,
     scale_grad_by_freq=True)

special = torch.tensor([-20.0, -5.0, -1.0, -0.1, 0.0, 0.1, 1.0, 5.0, 20.0])
for kind, options in [("LeakyReLU", {}), ("LeakyReLU", {"negative_slope": 0.2}), ("GELU", {}),
                      ("GELU", {"approximate": "tanh"}), ("SiLU", {}), ("Sigmoid", {}), ("Tanh", {}), ("Identity", {})]:
    case(f"{kind} {options}", kind, input=x3 * 2, **options)
    case(f"{kind} {options}, from -20 to 20", kind, input=special, **options)
for kind in ["Softmax", "LogSoftmax"]:
    for dim in [-1, 0, 1]:
        case(f"{kind}, dim {dim}", kind, dim, input=x3)
    case(f"{kind}, large", kind, 1, input=x2 * 1000)

labels = torch.tensor([0, 4, 2, 1])
weights = {"weight": [0.5, 2.0, 1.0, 0.25, 3.0]}
reductions = ["mean", "sum", "none"]
logs = x2.log_softmax(1)
for reduction in reductions:
    case(f"NLLLoss, {reduction}", "NLLLoss", input=logs, target=labels, reduction=reduction)
    case(f"NLLLoss, weights, {reduction}", "NLLLoss", input=logs, target=labels, reduction=reduction, buffers=weights)
    case(f"NLLLoss, ignored, {reduction}", "NLLLoss", input=logs, target=torch.tensor([0, -100, 2, -100]),
         reduction=reduction, buffers=weights)
case("NLLLoss, ignore index 2", "NLLLoss", input=logs, target=labels, ignore_index=2)
case("NLLLoss, [N, C, d1]", "NLLLoss", input=x3.log_softmax(1), target=torch.arange(18).reshape(2, 9) % 4,
     reduction="none")

case("CrossEntropyLoss", "CrossEntropyLoss", input=x2, target=labels, label_smoothing=0.1, buffers=weights)
probabilities = randn((4, 5), 6).softmax(1)
for reduction in reductions:
    case(f"CrossEntropyLoss of probabilities, {reduction}", "CrossEntropyLoss", input=x2, target=probabilities,
         reduction=reduction)
    case(f"CrossEntropyLoss of probabilities, weights, smoothing, {reduction}", "CrossEntropyLoss", input=x2,
         target=probabilities, reduction=reduction, label_smoothing=0.2, buffers=weights)
case("CrossEntropyLoss of probabilities, [N, C, d1]", "CrossEntropyLoss", input=x3,
     target=randn(x3.shape, 7).softmax(1))

shares = randn((4, 5), 8).sigmoid()
bits = (randn((4, 5), 9) > 0).float()
for reduction in reductions:
    for name, target in [("bits", bits), ("shares", shares)]:
        case(f"BCELoss, {name}, {reduction}", "BCELoss", input=x2.sigmoid(), target=target, reduction=reduction)
        case(f"BCEWithLogitsLoss, {name}, {reduction}", "BCEWithLogitsLoss", input=x2 * 3, target=target,
             reduction=reduction)
case("BCELoss, weights", "BCELoss", input=x2.sigmoid(), target=bits, buffers=weights)
case("BCELoss, 0 and 1", "BCELoss", input=torch.tensor([0.0, 1.0, 0.0, 1.0]), target=torch.tensor([0.0, 1.0, 1.0, 0.0]),
     reduction="none")
case("BCEWithLogitsLoss, weights, pos_weight", "BCEWithLogitsLoss", input=x2, target=bits,
     buffers=weights | {"pos_weight": [3.0, 0.5, 1.0, 2.0, 10.0]})
case("BCEWithLogitsLoss, large", "BCEWithLogitsLoss", input=special * 50, target=torch.tensor([0.0, 1, 0, 1, 0, 1, 0, 1, 0]),
     buffers={"pos_weight": [2.0]})
near = x2.clone()
near[0] = shares[0]
for reduction in reductions:
    for kind in ["MSELoss", "L1Loss", "SmoothL1Loss"]:
        case(f"{kind}, {reduction}", kind, input=near, target=shares, reduction=reduction)
for beta in [0.0, 0.1, 2.5]:
    case(f"SmoothL1Loss, beta {beta}", "SmoothL1Loss", input=near, target=shares, beta=beta)
case("MSELoss, scalar", "MSELoss", input=torch.tensor(1.5), target=torch.tensor(-2.0))
golden.save()
