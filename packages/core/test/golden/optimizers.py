"""Optimizers: parameters after each of ten steps under given gradients, which are the same for all cases.

A loss of sum(parameter * gradient) has just these gradients, so that a test needs no other way in.
"""

import torch
from torch import optim

from golden import Golden, randn

STEPS = 10
SHAPES = {"matrix": (3, 4), "vector": (4,), "kernel": (2, 1, 3, 3)}

golden = Golden("optimizers")
initial = {name: randn(shape, seed) for seed, (name, shape) in enumerate(SHAPES.items())}
# Gradients of every magnitude, and some that are exactly 0.
gradients = {
    name: randn((STEPS, *shape), 10 + seed) * 10.0 ** randn((STEPS, *shape), 20 + seed)
    for seed, (name, shape) in enumerate(SHAPES.items())
}
for gradient in gradients.values():
    gradient[gradient.abs() < 0.02] = 0
golden.case("problem", {"steps": STEPS}, {f"{name}/initial": value for name, value in initial.items()} |
            {f"{name}/gradients": value for name, value in gradients.items()})


def case(name, kind, missing=(), lrs=None, groups=None, **options):
    """`missing`: (step, parameter) whose gradient is None; `lrs`: a learning rate per step, set as a scheduler sets it."""
    parameters = {key: torch.nn.Parameter(value.clone()) for key, value in initial.items()}
    trained = parameters.values() if groups is None else [
        {"params": [parameters[key] for key in keys], **own} for keys, own in groups
    ]
    optimizer = getattr(optim, kind)(trained, **options)
    after = {key: [] for key in parameters}
    for step in range(STEPS):
        for group in optimizer.param_groups if lrs else []:
            group["lr"] = lrs[step]
        for key, parameter in parameters.items():
            parameter.grad = None if (step, key) in missing else gradients[key][step].clone()
        optimizer.step()
        for key, parameter in parameters.items():
            after[key].append(parameter.detach().clone())
    config = {"kind": kind, "options": options, "missing": list(missing), "lrs": lrs, "groups": groups}
    golden.case(name, config, {key: torch.stack(values) for key, values in after.items()})


case("Adam", "Adam")
case("Adam, lr 0.01", "Adam", lr=0.01)
case("Adam, betas, eps", "Adam", lr=0.01, betas=(0.5, 0.9), eps=1e-3)
case("Adam, weight decay", "Adam", lr=0.01, weight_decay=0.1)
case("Adam, maximize", "Adam", lr=0.01, maximize=True)
case("Adam, maximize, weight decay", "Adam", lr=0.01, maximize=True, weight_decay=0.1)
case("AdamW", "AdamW")
case("AdamW, lr 0.01, weight decay 0.1", "AdamW", lr=0.01, weight_decay=0.1)
case("AdamW, no weight decay", "AdamW", lr=0.01, weight_decay=0.0)
case("AdamW, maximize", "AdamW", lr=0.01, maximize=True)
case("SGD", "SGD")
case("SGD, momentum", "SGD", lr=0.01, momentum=0.9)
case("SGD, momentum, dampening", "SGD", lr=0.01, momentum=0.9, dampening=0.3)
case("SGD, Nesterov", "SGD", lr=0.01, momentum=0.9, nesterov=True)
case("SGD, weight decay", "SGD", lr=0.01, weight_decay=0.1)
case("SGD, everything but dampening", "SGD", lr=0.01, momentum=0.8, nesterov=True, weight_decay=0.1)
case("SGD, maximize", "SGD", lr=0.01, momentum=0.9, weight_decay=0.1, maximize=True)

missing = [(0, "vector"), (1, "vector"), (4, "matrix"), (9, "kernel")]
for kind, options in [("Adam", {}), ("AdamW", {}), ("SGD", {"momentum": 0.9, "dampening": 0.5})]:
    case(f"{kind}, steps without a gradient", kind, lr=0.01, missing=missing, **options)
    case(f"{kind}, a rate per step", kind, lr=0.01, lrs=[0.01 * (step % 4) for step in range(STEPS)], **options)

for name, options in {
    "RMSprop": {},
    "RMSprop, alpha, eps, weight decay": {"lr": 0.01, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1},
    "RMSprop, momentum": {"lr": 0.01, "momentum": 0.9},
    "RMSprop, centered": {"lr": 0.01, "centered": True},
    "RMSprop, everything": {"lr": 0.01, "momentum": 0.8, "centered": True, "weight_decay": 0.1, "maximize": True},
}.items():
    case(name, "RMSprop", **options)
case("RMSprop, steps without a gradient", "RMSprop", lr=0.01, momentum=0.9, missing=missing)

# Groups: [names of the parameters, options of their own].
groups = [[["matrix"], {"lr": 0.1}], [["vector", "kernel"], {"weight_decay": 0.3}]]
case("Adam, groups", "Adam", groups=groups, lr=0.01)
case("AdamW, groups", "AdamW", groups=[[["matrix"], {"betas": (0.5, 0.9)}], [["vector", "kernel"], {}]], lr=0.01)
case("SGD, groups", "SGD", groups=groups, lr=0.01, momentum=0.9)
case("RMSprop, groups", "RMSprop", groups=groups, lr=0.01)

# Clipping, of the gradients of three steps together and of each one alone.
names = list(SHAPES)
for name, clip in {
    "clip_grad_norm 1": lambda p: torch.nn.utils.clip_grad_norm_(p, 1.0),
    "clip_grad_norm 1e6": lambda p: torch.nn.utils.clip_grad_norm_(p, 1e6),
    "clip_grad_norm 1, 1-norm": lambda p: torch.nn.utils.clip_grad_norm_(p, 1.0, norm_type=1.0),
    "clip_grad_norm 2, 3-norm": lambda p: torch.nn.utils.clip_grad_norm_(p, 2.0, norm_type=3.0),
    "clip_grad_norm 1, inf-norm": lambda p: torch.nn.utils.clip_grad_norm_(p, 1.0, norm_type=float("inf")),
    "clip_grad_value 0.5": lambda p: torch.nn.utils.clip_grad_value_(p, 0.5),
}.items():
    parameters = {key: torch.nn.Parameter(value.clone()) for key, value in initial.items()}
    for key, parameter in parameters.items():
        parameter.grad = gradients[key][0].clone()
    norm = clip(parameters.values())
    golden.case(name, {"kind": "clip"}, {key: parameter.grad for key, parameter in parameters.items()} |
                {"norm": norm if norm is None else norm.reshape(())})
golden.save()
