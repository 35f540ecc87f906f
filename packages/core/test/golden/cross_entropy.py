"""F.cross_entropy of class indices: loss and gradient."""

import torch
import torch.nn.functional as F

from golden import Golden, gradients, randn

golden = Golden("cross_entropy")


def case(name, logits, target, weight=None, **options):
    logits = randn(logits, 1) * 2 if isinstance(logits, tuple) else logits
    target = torch.as_tensor(target, dtype=torch.int64)
    weight = None if weight is None else torch.tensor(weight)

    def loss(input):
        return F.cross_entropy(input, target, None if weight is None else weight.to(input.dtype), **options)

    tensors = gradients(loss, {"input": logits}) | {"target": target.to(torch.int32), "weight": weight}
    golden.case(name, options, tensors)


labels = [0, 4, 2, 4, 0, 1]
weights = [0.5, 2.0, 1.0, 0.25, 3.0]
ignoring = [0, -100, 2, 4, -100, 1]

case("plain", (6, 5), labels)
case("batch 1", (1, 10), [9])
case("one class", (3, 1), [0, 0, 0])
case("first and last label", (2, 10), [0, 9])
case("sum", (6, 5), labels, reduction="sum")
case("none", (6, 5), labels, reduction="none")
for reduction in ["mean", "sum", "none"]:
    case(f"weights, {reduction}", (6, 5), labels, weights, reduction=reduction)
    case(f"ignored targets, {reduction}", (6, 5), ignoring, reduction=reduction)
    case(f"ignored targets and weights, {reduction}", (6, 5), ignoring, weights, reduction=reduction)
    case(f"smoothing, {reduction}", (6, 5), labels, reduction=reduction, label_smoothing=0.1)
    case(f"smoothing, weights, {reduction}", (6, 5), labels, weights, reduction=reduction, label_smoothing=0.3)
    case(f"everything, {reduction}", (6, 5), ignoring, weights, reduction=reduction, label_smoothing=0.2)
    case(f"everything ignored, {reduction}", (3, 5), [-100] * 3, reduction=reduction)
case("ignore index 2", (6, 5), labels, ignore_index=2)
case("ignore index beyond the classes", (6, 5), [0, 7, 2, 4, 7, 1], ignore_index=7)
case("smoothing 1", (6, 5), labels, label_smoothing=1.0)
case("a class of weight 0", (6, 5), labels, [1.0, 1.0, 0.0, 1.0, 0.5])
case("[N, C, d1]", (2, 4, 3), [[0, 3, 1], [2, 2, 0]])
case("[N, C, d1], unreduced", (2, 4, 3), [[0, 3, 1], [2, -100, 0]], reduction="none")
case("[N, C, d1, d2], weights", (2, 3, 2, 2), [[[0, 2], [1, 1]], [[2, 0], [0, 2]]], [1.0, 2.0, 0.5])
case("[C], no batch", (5,), 3)
case("large logits", randn((4, 3), 2) * 1e4, [0, 1, 2, 0])
case("equal logits", torch.zeros(3, 10), [0, 5, 9])
masked = randn((3, 4), 3)
masked[:, 1] = -torch.inf
case("a class masked by minus infinity", masked, [0, 2, 3])
golden.save()
