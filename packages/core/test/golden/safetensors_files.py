"""Files of the safetensors library, which ours must read; and, with an argument, the check of a file that ours wrote.

    python test/golden/safetensors_files.py          records recordings/library.safetensors
    python test/golden/safetensors_files.py FILE     reads FILE and compares it with that recording, tensor by tensor
"""

import sys

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from golden import RECORDINGS, randn

PATH = RECORDINGS / "library.safetensors"
METADATA = {"format": "pt", "größe": "naïve ☃ 𝄞", "": "empty key", "quote": '"\\\n'}


def bits(values, dtype, view):
    return torch.tensor(values, dtype=dtype).view(view)


def contents():
    special = [0x7FC00001, 0x7F800001, 0x7F800000, 0x80000000, 0x00000001, 0x3F800000]
    return {
        "float64": randn((2, 3), 1).double() * 1e300,
        "float32": randn((3, 1, 2), 2),
        # Quiet and signalling NaN with payloads, infinity, minus zero, the smallest denormal, one.
        "float32 bits": bits([v - 2**32 if v >= 2**31 else v for v in special], torch.int32, torch.float32),
        "float16": randn((5,), 3).half(),
        "bfloat16": randn((3,), 4).bfloat16(),
        "int64": torch.tensor([-(2**63), 2**63 - 1, 0, 2**53 + 1]),
        "int32": torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
        "int16": torch.tensor([[-32768, 32767, 1]], dtype=torch.int16),
        "int8": torch.tensor([-128, 127, 3], dtype=torch.int8),
        "uint64": torch.tensor([2**63 - 1, 7], dtype=torch.uint64),
        "uint32": torch.tensor([2**31, 5], dtype=torch.uint32),
        "uint16": torch.tensor([65535, 1, 2], dtype=torch.uint16),
        "uint8": torch.tensor([255, 0, 1], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(1.5),
        "empty": torch.empty(0, 3),
        "0": torch.tensor([10]),
        "name with ☃, \" and \\": torch.tensor([1, 2], dtype=torch.int16),
    }


if len(sys.argv) == 1:
    save_file(contents(), PATH, metadata=METADATA)
else:
    expected = contents()
    with safe_open(sys.argv[1], framework="pt") as file:
        assert file.metadata() == METADATA, file.metadata()
        assert sorted(file.keys()) == sorted(expected), file.keys()
        for name, tensor in expected.items():
            given = file.get_tensor(name)
            assert given.dtype == tensor.dtype and given.shape == tensor.shape, name
            assert given.contiguous().view(-1).view(torch.uint8).equal(tensor.contiguous().view(-1).view(torch.uint8)), name
    print(f"{sys.argv[1]}: as the library's own")
