"""The order in which DataLoader and the samplers give the examples, and what they leave of the generator."""

import torch
from torch.utils.data import DataLoader, RandomSampler, SubsetRandomSampler, random_split

from golden import Golden

golden = Golden("data_loader")


class Indices(torch.utils.data.Dataset):
    """Example i is i."""

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return i


def order(batches):
    return torch.cat(batches).to(torch.int32) if batches else torch.empty(0, dtype=torch.int32)


def loader(name, seed, n, own_seed=None, epochs=2, **options):
    torch.manual_seed(seed)
    generator = None if own_seed is None else torch.Generator().manual_seed(own_seed)
    loader = DataLoader(Indices(n), generator=generator, **options)
    given = [list(loader) for _ in range(epochs)]
    tensors = {f"epoch{epoch}": order(batches) for epoch, batches in enumerate(given)}
    config = {"kind": "loader", "seed": seed, "own_seed": own_seed, "n": n, "epochs": epochs, "options": options}
    config["batch_sizes"] = [len(batch) for batch in given[0]]
    config["length"] = len(loader)
    golden.case(name, config, tensors | {"next_uniform": torch.rand(3)})


loader("10 by 3", 0, 10, batch_size=3, shuffle=True)
loader("10 by 3, the last dropped", 0, 10, batch_size=3, shuffle=True, drop_last=True)
loader("10 by 1", 1, 10, batch_size=1, shuffle=True)
loader("10 by 20", 2, 10, batch_size=20, shuffle=True)
loader("10 by 20, the last dropped", 2, 10, batch_size=20, shuffle=True, drop_last=True)
loader("100 by 32", 3, 100, batch_size=32, shuffle=True)
loader("1 by 4", 4, 1, batch_size=4, shuffle=True)
loader("6000 by 100", 0, 6000, batch_size=100, shuffle=True)
loader("in order", 5, 10, batch_size=4)
loader("in order, the last dropped", 5, 10, batch_size=4, drop_last=True)
loader("own generator", 6, 100, own_seed=7, batch_size=10, shuffle=True)
loader("own generator, in order", 6, 10, own_seed=7, batch_size=10)

# The base seed is drawn when iteration starts, the sampler's seed when the first batch is asked for.
torch.manual_seed(8)
iterator = iter(DataLoader(Indices(10), batch_size=5, shuffle=True))
between = torch.rand(1)
golden.case("numbers drawn between", {"kind": "between", "seed": 8, "n": 10, "batch_size": 5},
            {"between": between, "epoch0": order(list(iterator)), "next_uniform": torch.rand(3)})

# An epoch that is left early takes as much of the generator as a whole one.
torch.manual_seed(9)
early = DataLoader(Indices(10), batch_size=2, shuffle=True)
first = next(iter(early))
golden.case("left early", {"kind": "early", "seed": 9, "n": 10, "batch_size": 2},
            {"first": first.to(torch.int32), "epoch1": order(list(early)), "next_uniform": torch.rand(3)})


def sampler(name, seed, own_seed, make, config, epochs=2):
    torch.manual_seed(seed)
    generator = None if own_seed is None else torch.Generator().manual_seed(own_seed)
    sampler = make(generator)
    tensors = {f"epoch{epoch}": torch.tensor(list(sampler), dtype=torch.int32) for epoch in range(epochs)}
    config = {"kind": "sampler", "seed": seed, "own_seed": own_seed, "epochs": epochs, "length": len(sampler), **config}
    golden.case(name, config, tensors | {"next_uniform": torch.rand(3)})


for own_seed in [None, 3]:
    whose = "the default generator" if own_seed is None else "its own generator"
    for options in [{}, {"num_samples": 4}, {"num_samples": 25}, {"replacement": True}, {"replacement": True, "num_samples": 70}]:
        sampler(f"RandomSampler, {whose}, {options}", 1, own_seed,
                lambda generator: RandomSampler(Indices(10), generator=generator, **options),
                {"sampler": "RandomSampler", "n": 10, "options": options})
    sampler(f"SubsetRandomSampler, {whose}", 2, own_seed,
            lambda generator: SubsetRandomSampler([5, 3, 8, 1, 0], generator=generator),
            {"sampler": "SubsetRandomSampler", "indices": [5, 3, 8, 1, 0], "options": {}})

for own_seed in [None, 4]:
    for lengths in [[7, 3], [0.5, 0.25, 0.25]]:
        torch.manual_seed(3)
        generator = torch.default_generator if own_seed is None else torch.Generator().manual_seed(own_seed)
        parts = random_split(Indices(10), lengths, generator=generator)
        golden.case(f"random_split {lengths}, own seed {own_seed}",
                    {"kind": "split", "seed": 3, "own_seed": own_seed, "n": 10, "lengths": lengths},
                    {str(i): torch.tensor(list(part.indices), dtype=torch.int32) for i, part in enumerate(parts)} |
                    {"next_uniform": torch.rand(3)})
golden.save()
