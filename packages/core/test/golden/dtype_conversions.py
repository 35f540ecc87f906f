"""How PyTorch converts element types when a state dict is loaded (tensor.copy_), into recordings/dtype_conversions.json.

Of the 16-bit floats all 65,536 are converted: the recording holds the SHA-256 of the float32s' bits, each NaN as 0x7fc00000.
"""

import hashlib
import json

import numpy
import torch

from golden import RECORDINGS


def copied(source, dtype):
    target = torch.empty(source.shape, dtype=dtype)
    target.copy_(source)
    return target


def digest(source):
    bits = copied(source, torch.float32).numpy().view(numpy.uint32).copy()
    bits[(bits & 0x7FFFFFFF) > 0x7F800000] = 0x7FC00000
    return hashlib.sha256(bits.astype("<u4").tobytes()).hexdigest()


every = torch.from_numpy(numpy.arange(65536, dtype=numpy.uint16).view(numpy.int16))
wide = [
    0, 1, -1, 2**24, 2**24 + 1, 2**24 + 3, -(2**24) - 1, 2**53 + 1, 2**62, 2**63 - 1, -(2**63),
    # Halfway between two floats, and a little above and below it: rounding twice would go wrong.
    2**60 + 2**36, 2**60 + 2**36 + 1, 2**60 + 2**36 - 1, -(2**60) - 2**36 - 1, 2**60 + 3 * 2**36,
]
doubles = [0.1, -0.1, 1e40, -1e40, 1e-46, 1e-45, 3.4028235677973366e38, 1 + 2**-24, 1 + 2**-24 + 2**-50]
floats = [0.0, -0.5, 0.99, -1.99, 2.5, 100000.7]

with open(RECORDINGS / "dtype_conversions.json", "w") as file:
    json.dump(
        {
            "float16": digest(every.view(torch.float16)),
            "bfloat16": digest(every.view(torch.bfloat16)),
            "int64": [[str(value) for value in wide], copied(torch.tensor(wide), torch.float32).tolist()],
            "float64": [
                doubles,
                [str(x) for x in copied(torch.tensor(doubles, dtype=torch.float64), torch.float32).tolist()],
            ],
            "float32 to int32": [floats, copied(torch.tensor(floats), torch.int32).tolist()],
        },
        file,
    )
