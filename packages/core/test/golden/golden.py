"""Writes a family of golden cases: `recordings/FAMILY.json` says what each case is, `recordings/FAMILY.safetensors`
holds its tensors, named `CASE/TENSOR`. Run a recorder with PyTorch 2.13 on x86-64 with AVX2:

    python test/golden/conv2d.py
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

RECORDINGS = Path(__file__).parent / "recordings"

# One thread: sums in one order, so that a recording can be made again.
torch.set_num_threads(1)


class Golden:
    def __init__(self, family):
        self.family = family
        self.cases = []
        self.tensors = {}

    def case(self, name, config, tensors):
        """Adds a case: a name, what it is (plain JSON) and its tensors."""
        assert all(name != case["name"] for case in self.cases), name
        self.cases.append({"name": name, "config": config})
        for key, tensor in tensors.items():
            if tensor is not None:
                # A copy: safetensors refuses tensors that share memory.
                self.tensors[f"{name}/{key}"] = tensor.detach().clone().contiguous()

    def save(self):
        RECORDINGS.mkdir(exist_ok=True)
        document = {"torch": torch.__version__, "cases": self.cases}
        text = json.dumps(document, indent=1)
        (RECORDINGS / f"{self.family}.json").write_text(text + "\n")
        path = RECORDINGS / f"{self.family}.safetensors"
        save_file(self.tensors, path)
        print(f"{self.family}: {len(self.cases)} cases, {path.stat().st_size:,} bytes")


def randn(shape, seed):
    """Normal numbers of their own seed: adding a case changes no other."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def gradients(function, inputs, dtype=torch.float64):
    """Output and gradients of `function(**inputs)` under a fixed, seeded gradient of the output.

    Returns the tensors of a case: each input, `output`, `grad_output` (the gradient given) and a `grad_NAME` per
    floating-point input. Computed in float64 and stored in float32: PyTorch's own float32 gradients differ from these by
    up to 8e-5, and are no measure.
    """
    leaves = {
        key: value.detach().to(dtype).requires_grad_() if value is not None and value.is_floating_point() else value
        for key, value in inputs.items()
    }
    output = function(**leaves)
    grad_output = randn(output.shape, 2024)
    wanted = {key: leaf for key, leaf in leaves.items() if leaf is not None and leaf.is_floating_point()}
    grads = torch.autograd.grad(output, list(wanted.values()), grad_output.to(dtype))
    return {
        **inputs,
        "output": output.to(torch.float32),
        "grad_output": grad_output,
        **{f"grad_{key}": grad.to(torch.float32) for key, grad in zip(wanted, grads)},
    }
