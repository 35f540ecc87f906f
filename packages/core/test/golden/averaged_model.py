"""torch.optim.swa_utils.AveragedModel over a few steps of a small network with batch norm: its whole state after each."""

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, get_swa_multi_avg_fn

from golden import Golden

golden = Golden("averaged_model")
STEPS = 4


def case(name, kind, use_buffers, decay=None):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    functions = {"ema": lambda: get_ema_multi_avg_fn(decay), "swa": get_swa_multi_avg_fn, "default": lambda: None}
    averaged = AveragedModel(model, multi_avg_fn=functions[kind](), use_buffers=use_buffers)
    inputs = torch.randn(STEPS, 6, 3, generator=torch.Generator().manual_seed(1))
    tensors = {"inputs": inputs}
    for key, value in averaged.state_dict().items():
        tensors[f"start/{key}"] = value.clone()
    for step in range(STEPS):
        model(inputs[step])
        with torch.no_grad():
            for i, parameter in enumerate(model.parameters()):
                parameter += torch.randn(parameter.shape, generator=torch.Generator().manual_seed(100 * step + i))
        for key, value in model.state_dict().items():
            tensors[f"model{step}/{key}"] = value.clone()
        averaged.update_parameters(model)
        for key, value in averaged.state_dict().items():
            tensors[f"averaged{step}/{key}"] = value.clone()
    averaged.eval()
    tensors["output"] = averaged(inputs[0])
    golden.case(name, {"kind": kind, "use_buffers": use_buffers, "decay": decay, "steps": STEPS}, tensors)


case("ema", "ema", False, 0.9)
case("ema, buffers too", "ema", True, 0.75)
case("ema that forgets quickly", "ema", True, 0.3)
case("swa", "swa", False)
case("by default all alike", "default", False)
golden.save()
