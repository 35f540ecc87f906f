"""optim.lr_scheduler.OneCycleLR: learning rate and momentum before each step, and after the last."""

import warnings

import torch
from torch import optim

from golden import Golden

warnings.filterwarnings("ignore", message="Detected call of")
golden = Golden("one_cycle_lr")


def case(name, kind, **options):
    options_of = {"SGD": {"lr": 0.1, "momentum": 0.5}, "Adam": {"lr": 0.1}, "plain SGD": {"lr": 0.1}}[kind]
    optimizer = getattr(optim, kind.split()[-1])([torch.nn.Parameter(torch.zeros(1))], **options_of)
    scheduler = optim.lr_scheduler.OneCycleLR(optimizer, **options)
    group = optimizer.param_groups[0]
    lrs, momenta = [], []
    while True:
        lrs.append(group["lr"])
        momenta.append(group["betas"][0] if "betas" in group else group["momentum"])
        if len(lrs) > scheduler.total_steps - 1:
            break
        optimizer.step()
        scheduler.step()
    config = {"optimizer": kind, "optimizer_options": options_of, "options": options}
    golden.case(name, config | {"lrs": lrs, "momenta": momenta}, {})


case("default", "SGD", max_lr=0.1, total_steps=100)
case("Adam: cycles beta 1", "Adam", max_lr=0.01, total_steps=50)
case("epochs and steps per epoch", "SGD", max_lr=0.1, epochs=3, steps_per_epoch=7)
case("linear", "SGD", max_lr=0.1, total_steps=40, anneal_strategy="linear")
case("three phases", "SGD", max_lr=0.1, total_steps=60, three_phase=True)
case("three phases, linear", "Adam", max_lr=0.1, total_steps=37, three_phase=True, anneal_strategy="linear", pct_start=0.25)
case("no momentum cycle", "Adam", max_lr=0.1, total_steps=30, cycle_momentum=False)
case("no momentum cycle, SGD without momentum", "plain SGD", max_lr=0.1, total_steps=30, cycle_momentum=False)
case("momentum bounds", "SGD", max_lr=0.1, total_steps=30, base_momentum=0.6, max_momentum=0.9)
case("factors", "SGD", max_lr=0.5, total_steps=30, div_factor=4.0, final_div_factor=10.0, pct_start=0.4)
case("few steps", "SGD", max_lr=0.1, total_steps=5)
case("pct_start 0.01", "SGD", max_lr=0.1, total_steps=20, pct_start=0.01)
case("pct_start 0.9", "SGD", max_lr=0.1, total_steps=20, pct_start=0.9)
golden.save()
