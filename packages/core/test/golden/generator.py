"""The streams of PyTorch's CPU generator: programs of calls on one generator, with what each call gave."""

import torch

from golden import Golden

golden = Golden("generator")


def run(generator, call):
    """Runs one call of a program; returns the tensor that it gave."""
    kind, *arguments = call
    if kind == "uniform":
        n, low, high = arguments
        return torch.empty(n).uniform_(low, high, generator=generator)
    if kind == "normal":
        n, mean, std = arguments
        return torch.empty(n).normal_(mean, std, generator=generator)
    if kind == "bernoulli":
        n, p = arguments
        return torch.empty(n).bernoulli_(p, generator=generator).to(torch.uint8)
    if kind == "randperm":
        return torch.randperm(arguments[0], generator=generator).to(torch.int32)
    if kind == "randint":
        low, high, n = arguments
        return torch.randint(low, high, (n,), generator=generator)
    if kind == "random_int64":
        return torch.empty((), dtype=torch.int64).random_(generator=generator)
    if kind == "state":
        return generator.get_state()
    raise ValueError(kind)


def program(name, seed, calls):
    generator = torch.Generator().manual_seed(seed)
    given = {str(step): run(generator, call) for step, call in enumerate(calls)}
    # As text: JSON numbers are doubles.
    golden.case(name, {"seed": str(seed), "initialSeed": str(generator.initial_seed()), "calls": calls}, given)


SEEDS = [0, 1, 42, 2**31, 2**31 - 1, 2**32, 2**40 + 7, 2**64 - 1, -1, -7, -(2**63)]
for seed in SEEDS:
    program(
        f"seed {seed}",
        seed,
        [["uniform", 5, 0, 1], ["normal", 17, 0, 1], ["normal", 3, 0, 1], ["bernoulli", 9, 0.3], ["random_int64"]],
    )

for n in [1, 2, 15, 16, 17, 31, 32, 33, 48, 100, 623, 624, 625, 1249]:
    program(f"uniform {n}", 7, [["uniform", n, -0.3, 0.7], ["uniform", 2, 0, 1]])
    program(f"normal {n}", 7, [["normal", n, 0.5, 1.7], ["normal", 1, 0, 1], ["uniform", 2, 0, 1]])

# The sizes at which one block of 624 words ends within a call, or within a pair of words.
for taken in [622, 623, 624, 1247]:
    program(
        f"refill after {taken}",
        3,
        [["uniform", taken, 0, 1], ["bernoulli", 4, 0.5], ["random_int64"], ["normal", 2, 0, 1], ["normal", 20, 0, 1]],
    )

program("uniform bounds", 11, [["uniform", 64, low, high] for low, high in
                               [(-1, 1), (-0.2, 0.2), (0.1, 0.1000001), (1e-3, 1e3), (-5, -4), (0, 0), (1, 1 + 2**-23)]])
program("normal parameters", 12, [["normal", n, mean, std] for n in (4, 40) for mean, std in
                                  [(0, 0.01), (-3, 2), (1e3, 1e-3), (0.25, 0)]])
program("bernoulli", 13, [["bernoulli", n, p] for n, p in
                          [(64, 0), (64, 1), (64, 0.5), (64, 0.1), (700, 0.9), (64, 1 / 3), (64, 1e-9), (64, 1 - 2**-53)]])
program("randperm", 14, [["randperm", n] for n in (0, 1, 2, 3, 10, 100, 625, 1500)])
program("randint", 15, [["randint", low, high, n] for low, high, n in
                        [(0, 10, 40), (-5, 5, 40), (0, 2**28 - 1, 10), (0, 2**28, 10), (-(2**40), 2**41, 10), (0, 1, 3),
                         (-(2**53) + 1, 2**53 - 1, 6)]])
# A single normal number leaves the second of its pair for later; numbers by the sixteen leave it alone.
program("interleaved", 16, [["normal", 1, 0, 1], ["uniform", 3, 0, 1], ["normal", 16, 0, 1], ["normal", 2, 5, 2],
                            ["bernoulli", 5, 0.5], ["normal", 1, 0, 1], ["randperm", 20], ["normal", 15, 0, 1],
                            ["random_int64"], ["normal", 33, 0, 1], ["uniform", 700, 0, 1], ["normal", 3, 0, 1]])
# States as PyTorch exports them: before the first number, in mid-block, with a normal number waiting, at a block's end.
program("states", 2**40 + 7, [["state"], ["uniform", 100, 0, 1], ["state"], ["normal", 3, 0, 1], ["state"],
                              ["normal", 20, 0, 1], ["uniform", 624 - 100 - 8 - 32, 0, 1], ["state"],
                              ["uniform", 5, 0, 1], ["normal", 1, 0, 1]])

# A long stretch of the vectorised transform, as one checksum of its bits, holds every rounding to PyTorch's.
generator = torch.Generator().manual_seed(17)
bits = torch.randn(2**20, generator=generator).view(torch.int32).to(torch.int64) & 0xFFFFFFFF
weights = torch.arange(2**20) % 251 + 1
golden.case("checksum of randn", {"seed": "17", "n": 2**20, "checksum": int((bits * weights).sum()) % 2**32}, {})

# One uniform number in 2**24 is 0, whose logarithm is taken of 1. Seed 99 gives one after 11,882,069 words.
generator = torch.Generator().manual_seed(99)
torch.empty(11_882_064).uniform_(generator=generator)
state = generator.get_state()
zero = torch.empty(16).uniform_(generator=generator)
assert zero[5] == 0
generator.set_state(state)
golden.case("uniform zero", {}, {"state": state, "normal": torch.empty(16).normal_(generator=generator)})

golden.save()
