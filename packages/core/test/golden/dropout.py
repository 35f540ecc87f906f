"""F.dropout after torch.manual_seed: which elements are dropped, and what the generator gives afterwards."""

import torch
import torch.nn.functional as F

from golden import Golden, gradients, randn

golden = Golden("dropout")


def case(name, seed, shape, p, training=True):
    torch.manual_seed(seed)
    tensors = gradients(lambda input: F.dropout(input, p, training), {"input": randn(shape, 1)}, torch.float32)
    golden.case(name, {"seed": seed, "p": p, "training": training}, tensors | {"next_uniform": torch.rand(3)})


case("p 0.5", 0, (4, 5), 0.5)
case("p 0.1", 1, (3, 7, 2), 0.1)
case("p 0.9", 2, (50,), 0.9)
case("images", 3, (2, 3, 4, 5), 0.3)
case("more than one block of the generator", 4, (25, 40), 0.5)
case("p 0 draws nothing", 5, (3, 4), 0.0)
case("p 1 draws nothing", 6, (3, 4), 1.0)
case("evaluation draws nothing", 7, (3, 4), 0.5, training=False)
golden.save()
