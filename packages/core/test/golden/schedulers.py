"""Schedulers: the learning rates of two parameter groups before each step, and after the last."""

import warnings

import torch
from torch import optim
from torch.optim import lr_scheduler

from golden import Golden

warnings.filterwarnings("ignore")
golden = Golden("schedulers")


def build(optimizer, kind, arguments, options):
    if kind == "SequentialLR":
        parts = [build(optimizer, *part) for part in arguments[0]]
        return lr_scheduler.SequentialLR(optimizer, parts, *arguments[1:])
    return getattr(lr_scheduler, kind)(optimizer, *arguments, **options)


def case(name, kind, *arguments, steps=30, metrics=None, **options):
    first, second = (torch.nn.Parameter(torch.zeros(1)) for _ in range(2))
    optimizer = optim.SGD([{"params": [first]}, {"params": [second], "lr": 0.5}], lr=0.1)
    scheduler = build(optimizer, kind, arguments, options)
    lrs = [[group["lr"] for group in optimizer.param_groups]]
    for step in range(steps if metrics is None else len(metrics)):
        optimizer.step()
        scheduler.step(*([] if metrics is None else [metrics[step]]))
        lrs.append([group["lr"] for group in optimizer.param_groups])
    config = {"kind": kind, "arguments": arguments, "options": options, "metrics": metrics, "lrs": lrs}
    golden.case(name, config, {})


case("StepLR", "StepLR", 7)
case("StepLR, gamma", "StepLR", 1, gamma=0.9)
case("MultiStepLR", "MultiStepLR", [3, 8, 8, 20])
case("MultiStepLR, gamma", "MultiStepLR", [1, 25], gamma=0.5)
case("ExponentialLR", "ExponentialLR", 0.9)
case("CosineAnnealingLR", "CosineAnnealingLR", 30)
case("CosineAnnealingLR, beyond its end", "CosineAnnealingLR", 7, steps=40)
case("CosineAnnealingLR, eta_min", "CosineAnnealingLR", 12, eta_min=0.01)
case("LinearLR", "LinearLR")
case("LinearLR, down", "LinearLR", start_factor=1.0, end_factor=0.1, total_iters=12)
case("SequentialLR", "SequentialLR",
     [["LinearLR", [], {"start_factor": 0.1, "total_iters": 5}], ["CosineAnnealingLR", [20], {}]], [5])
case("SequentialLR, three", "SequentialLR",
     [["StepLR", [2], {"gamma": 0.5}], ["ExponentialLR", [0.9], {}], ["MultiStepLR", [[3]], {}]], [4, 15])
falling = [1.0, 0.9, 0.8, 0.8, 0.8, 0.79999, 0.81, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7]
case("ReduceLROnPlateau", "ReduceLROnPlateau", metrics=falling, patience=2)
case("ReduceLROnPlateau, max, abs", "ReduceLROnPlateau", metrics=[-x for x in falling], mode="max", patience=1,
     threshold=0.05, threshold_mode="abs", factor=0.5)
case("ReduceLROnPlateau, negative best", "ReduceLROnPlateau", metrics=[-1, -1.00001, -1.1, -1.1, -1.1], patience=0)
case("ReduceLROnPlateau, cooldown, min_lr, eps", "ReduceLROnPlateau", metrics=[1.0] * 25, patience=1, cooldown=2,
     min_lr=[0.02, 0.3], eps=0.01)
case("ReduceLROnPlateau, huge", "ReduceLROnPlateau", metrics=[1.0, 1e300, 1e300, 0.5], patience=1)
golden.save()
