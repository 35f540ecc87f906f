"""torch.flatten: shapes, order and gradient."""

import torch

from golden import Golden, gradients, randn

golden = Golden("flatten")
for name, shape, options in [
    ("all but the batch", (2, 3, 4), {"start_dim": 1}),
    ("everything", (2, 3, 4), {}),
    ("a middle", (2, 3, 4, 5), {"start_dim": 1, "end_dim": 2}),
    ("negative dimensions", (2, 3, 4, 5), {"start_dim": -3, "end_dim": -2}),
    ("one dimension stays", (2, 3), {"start_dim": 1}),
    ("batch 1", (1, 12, 4, 4), {"start_dim": 1}),
]:
    golden.case(name, options, gradients(lambda input: torch.flatten(input, **options), {"input": randn(shape, 1)}))
golden.save()
