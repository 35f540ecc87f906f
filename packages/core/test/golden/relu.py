"""F.relu: forward and gradient; the gradient at 0 is 0."""

import torch
import torch.nn.functional as F

from golden import Golden, gradients, randn

golden = Golden("relu")
for name, input in {
    "2-D": randn((3, 5), 1),
    "4-D": randn((2, 3, 4, 5), 2),
    "zeros and signs": torch.tensor([-2.0, -0.0, 0.0, 1e-38, -1e-38, 3.0]),
    "one": randn((1,), 3),
}.items():
    golden.case(name, {}, gradients(F.relu, {"input": input}))
golden.save()
