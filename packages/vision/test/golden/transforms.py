"""Records what torchvision's transforms make of images, into recordings/transforms.json. torchvision itself is not needed:
its transforms are written out here with torch, draw by draw, as torchvision/transforms/transforms.py (0.2x) has them.

    python test/golden/transforms.py
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F


def pad(image, padding, fill, mode):
    left, top, right, bottom = padding
    if mode == "symmetric":
        _, height, width = image.shape
        line = lambda n, before, after: [*range(before - 1, -1, -1), *range(n), *range(n - 1, n - 1 - after, -1)]
        return image[:, line(height, top, bottom)][:, :, line(width, left, right)]
    sides = (left, right, top, bottom)
    if mode == "constant":
        return F.pad(image, sides, value=fill)
    return F.pad(image.unsqueeze(0), sides, mode={"edge": "replicate", "reflect": "reflect"}[mode]).squeeze(0)


class RandomCrop:
    def __init__(self, size, padding=(0, 0, 0, 0), pad_if_needed=False, fill=0, padding_mode="constant"):
        self.size, self.padding, self.pad_if_needed = size, padding, pad_if_needed
        self.fill, self.padding_mode = fill, padding_mode

    def __call__(self, image):
        th, tw = self.size
        image = pad(image, self.padding, self.fill, self.padding_mode)
        _, height, width = image.shape
        if self.pad_if_needed and width < tw:
            image = pad(image, (tw - width, 0, tw - width, 0), self.fill, self.padding_mode)
        if self.pad_if_needed and height < th:
            image = pad(image, (0, th - height, 0, th - height), self.fill, self.padding_mode)
        _, h, w = image.shape
        assert h >= th and w >= tw
        if w == tw and h == th:
            return image
        i = torch.randint(0, h - th + 1, size=(1,)).item()
        j = torch.randint(0, w - tw + 1, size=(1,)).item()
        return image[:, i : i + th, j : j + tw]


class RandomHorizontalFlip:
    def __init__(self, p=0.5):
        self.p = p

    def __call__(self, image):
        return image.flip(-1) if torch.rand(1) < self.p else image


class Normalize:
    def __init__(self, mean, std):
        self.mean, self.std = mean, std

    def __call__(self, image):
        mean = torch.as_tensor(self.mean, dtype=image.dtype).view(-1, 1, 1)
        std = torch.as_tensor(self.std, dtype=image.dtype).view(-1, 1, 1)
        return image.clone().sub_(mean).div_(std)


class RandomErasing:
    def __init__(self, p=0.5, scale=(0.02, 0.33), ratio=(0.3, 3.3), value=0):
        self.p, self.scale, self.ratio = p, scale, ratio
        self.value = None if value == "random" else [float(v) for v in (value if isinstance(value, list) else [value])]

    def params(self, image):
        channels, height, width = image.shape
        area = height * width
        log_ratio = torch.log(torch.tensor(self.ratio))
        for _ in range(10):
            erase_area = area * torch.empty(1).uniform_(*self.scale).item()
            aspect_ratio = torch.exp(torch.empty(1).uniform_(log_ratio[0].item(), log_ratio[1].item())).item()
            h = int(round(math.sqrt(erase_area * aspect_ratio)))
            w = int(round(math.sqrt(erase_area / aspect_ratio)))
            if not (h < height and w < width):
                continue
            if self.value is None:
                v = torch.empty([channels, h, w], dtype=torch.float32).normal_()
            else:
                v = torch.tensor(self.value)[:, None, None]
            i = torch.randint(0, height - h + 1, size=(1,)).item()
            j = torch.randint(0, width - w + 1, size=(1,)).item()
            return i, j, h, w, v
        return 0, 0, height, width, image

    def __call__(self, image):
        if torch.rand(1) < self.p:
            i, j, h, w, v = self.params(image)
            image = image.clone()
            image[:, i : i + h, j : j + w] = v
        return image


TRANSFORMS = {cls.__name__: cls for cls in (RandomCrop, RandomHorizontalFlip, Normalize, RandomErasing)}
cases = []


def case(name, seed, shape, *steps):
    """`steps` are pairs of a transform's name and its arguments; several make a Compose. Each image goes through all."""
    images = torch.rand(shape, generator=torch.Generator().manual_seed(99))
    torch.manual_seed(seed)
    chain = [TRANSFORMS[kind](**arguments) for kind, arguments in steps]
    outputs = []
    for image in images:
        for transform in chain:
            image = transform(image)
        outputs.append(image)
    output = torch.stack(outputs)
    cases.append(
        {
            "name": name,
            "seed": seed,
            "steps": [{"kind": kind, **arguments} for kind, arguments in steps],
            "shape": list(shape),
            "images": images.flatten().tolist(),
            "output_shape": list(output.shape),
            "output": output.flatten().tolist(),
            "next": torch.rand(2).tolist(),
        }
    )


case("shifts by padding", 0, (6, 1, 5, 6), ("RandomCrop", {"size": [5, 6], "padding": [2, 2, 2, 2]}))
case("crops to a part", 1, (4, 3, 6, 5), ("RandomCrop", {"size": [4, 2]}))
case("one place draws nothing", 2, (2, 1, 4, 4), ("RandomCrop", {"size": [4, 4]}))
case("one side fits", 2, (3, 1, 4, 5), ("RandomCrop", {"size": [4, 4]}))
case("sides and a fill of their own", 3, (5, 2, 4, 4), ("RandomCrop", {"size": [5, 5], "padding": [1, 2, 3, 0], "fill": 0.5}))
for mode in ("edge", "reflect", "symmetric"):
    case(f"padding {mode}", 4, (5, 1, 4, 5), ("RandomCrop", {"size": [4, 5], "padding": [3, 3, 3, 3], "padding_mode": mode}))
case("pads if needed", 5, (4, 1, 3, 4), ("RandomCrop", {"size": [5, 6], "pad_if_needed": True}))
case("pads if needed, mirrored", 5, (4, 1, 4, 4), ("RandomCrop", {"size": [6, 5], "padding": [0, 1, 0, 0], "pad_if_needed": True, "padding_mode": "symmetric"}))
case("flips half", 6, (8, 2, 3, 5), ("RandomHorizontalFlip", {}))
case("flips all of an even width", 7, (2, 1, 3, 4), ("RandomHorizontalFlip", {"p": 1.0}))
case("normalises channels", 8, (2, 3, 2, 3), ("Normalize", {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}))
case("normalises all alike", 8, (2, 3, 2, 3), ("Normalize", {"mean": [0.286], "std": [0.353]}))
case("erases", 9, (12, 1, 9, 8), ("RandomErasing", {}))
case("erases nearly all", 10, (6, 1, 7, 7), ("RandomErasing", {"p": 1.0, "scale": [0.8, 1.0]}))
case("never finds a rectangle", 10, (3, 1, 4, 4), ("RandomErasing", {"p": 1.0, "scale": [1.0, 1.0]}))
case("erases with a value", 11, (6, 2, 7, 6), ("RandomErasing", {"p": 0.9, "value": 0.25}))
case("erases with a value a channel", 12, (4, 3, 7, 6), ("RandomErasing", {"p": 1.0, "value": [0.1, 0.2, 0.3]}))
case("erases with noise", 13, (5, 2, 9, 9), ("RandomErasing", {"p": 1.0, "scale": [0.05, 0.3], "ratio": [0.5, 2.0], "value": "random"}))
case(
    "all of them",
    14,
    (10, 1, 10, 10),
    ("RandomCrop", {"size": [10, 10], "padding": [2, 2, 2, 2]}),
    ("RandomHorizontalFlip", {}),
    ("Normalize", {"mean": [0.286], "std": [0.353]}),
    ("RandomErasing", {"p": 0.5}),
)

path = Path(__file__).parent / "recordings" / "transforms.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps({"torch": torch.__version__, "cases": cases}) + "\n")
print(len(cases), "cases", path.stat().st_size, "bytes")
