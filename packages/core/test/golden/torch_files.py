"""Files of torch.save, which ours must read, and hostile ones, which it must refuse.

Run with: python torch_files.py; writes recordings/torch_files.json: base64 of each file, and of the good ones what they
hold (bits of tensors as hex, little-endian). The hostile ones are pickles put together by hand; none is ever loaded here.
"""

import base64
import io
import json
import pickle
import zipfile
from collections import OrderedDict

import numpy
import torch

from golden import RECORDINGS


def encode(data):
    return base64.b64encode(data).decode()


def saved(value, **options):
    stream = io.BytesIO()
    torch.save(value, stream, **options)
    return stream.getvalue()


def bits(tensor):
    flat = tensor.detach().contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().tobytes().hex() if flat.numel() else ""


def archive(pickled, extra=(), folder="archive/", compression=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as target:
        target.writestr(folder + "data.pkl", pickled)
        for name, data in extra:
            target.writestr(folder + name, data)
    return stream.getvalue()


torch.manual_seed(5)
base = torch.randn(4, 6)
shared = torch.arange(12, dtype=torch.float32)
dtypes = {
    str(dtype).removeprefix("torch."): torch.tensor([[0, 1, 2], [3, 100, 127]]).to(dtype)
    for dtype in (
        torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
        torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.bool,
    )
}
views = OrderedDict(
    transposed=base.t(),
    sliced=base[1:3, ::2],
    offset=base[2],
    scalar=torch.tensor(3.5),
    empty=torch.zeros(0, 3),
    expanded=torch.tensor([[7.0], [8.0]]).expand(2, 5),
    one=shared,
    tied=shared,
    part=shared[3:9].view(2, 3),
    parameter=torch.nn.Parameter(torch.tensor([1.0, float("nan"), float("-inf")])),
)
model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Linear(4, 2))
states = {"dtypes": dtypes, "views": views, "model": model.state_dict()}
good = [
    {
        "name": f"{name}, protocol {protocol}",
        "file": encode(saved(state, pickle_protocol=protocol)),
        "tensors": {
            key: [str(tensor.dtype).removeprefix("torch."), list(tensor.shape), bits(tensor)]
            for key, tensor in state.items()
        },
    }
    for name, state in states.items()
    for protocol in ((2, 3, 4, 5) if name == "views" else (2,))
]

plain = {
    "none": None, "true": True, "int": -5, "big": 2**70, "edge": 2**53, "float": 1.5, "str": "größe ☃", "bytes": b"\x00\xff",
    "list": [1, [2, []]], "tuple": (1, "a"), "set": {3}, "size": torch.Size([2, 3]), "dict": {1: {"__proto__": 2}},
}
checkpoint = {"epoch": 3, "state_dict": OrderedDict(weight=torch.ones(2))}

P = b"\x80\x02"
STORAGE = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK%ctQ"


def storage(count):
    return STORAGE.replace(b"%c", bytes([count]))


def tensor(count, offset, shape, strides, data=b"\0" * 8):
    ints = lambda values: b"(" + b"".join(b"J" + v.to_bytes(4, "little", signed=True) for v in values) + b"t"
    rebuild = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage(count) + ints([offset])[1:-1] + ints(shape) + ints(strides)
    return archive(P + b"}X\x01\x00\x00\x00w" + rebuild + b"\x89NtRs.", [("data/0", data)])


def call(module, name):
    return archive(P + f"c{module}\n{name}\n".encode() + b"X\x02\x00\x00\x00id\x85R.")


whole = saved({"w": torch.ones(2)})
scripted = io.BytesIO()
torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), scripted)
big_endian = archive(
    P + b"}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n(" + storage(2) + b"K\0K\2\x85K\1\x85\x89NtRs.",
    [("data/0", numpy.array([1.0, -2.5], ">f4").tobytes()), ("byteorder", b"big")],
)
claims = bytearray(whole)
central = bytes(claims).index(b"PK\x01\x02")
for at in (20, 24):
    claims[central + at : central + at + 4] = (0x7FFFFFFF).to_bytes(4, "little")

bad = [
    # name, file, what the message must hold
    ["os.system", call("os", "system"), "run os.system"],
    ["posix.system", call("posix", "system"), "run posix.system"],
    ["nt.system", call("nt", "system"), "run nt.system"],
    ["sys.exit", call("sys", "exit"), "run sys.exit"],
    ["eval", call("builtins", "eval"), "builtins.eval"],
    ["Python 2's eval", call("__builtin__", "eval"), "builtins.eval"],
    ["numpy", saved({"a": numpy.ones(2)}), "numpy"],
    ["a pickled function by STACK_GLOBAL", archive(b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R."), "os.system"],
    ["a class", saved(torch.nn.Linear(1, 1)), "torch.nn.modules.linear.Linear"],
    ["complex numbers", saved({"c": torch.ones(1, dtype=torch.complex64)}), "complex numbers (torch.ComplexFloatStorage)"],
    ["NEWOBJ", archive(P + b"ccollections\nOrderedDict\n)\x81."), "NEWOBJ"],
    ["BUILD on a dict of a list", archive(P + b"]}b."), "BUILD"],
    ["BUILD of another attribute", archive(P + b"ccollections\nOrderedDict\n)R}X\x01\0\0\0aK\1sb."), "attribute 'a'"],
    ["protocol 0", archive(pickle.dumps({}, 0)), "does not begin with its protocol"],
    ["protocol 6", archive(b"\x80\x06}."), "protocol 6"],
    ["TorchScript", scripted.getvalue(), "TorchScript"],
    ["the old format", saved({"w": torch.ones(2)}, _use_new_zipfile_serialization=False), "old format"],
    ["an unknown byte order", archive(P + b"}.", [("byteorder", b"middle")]), "byte order is 'middle'"],
    ["over 2 GB", bytes(claims), "claims 2147483647 bytes"],
    ["SETITEM on a list", archive(P + b"]K\1K\2s."), "sets an item of a list"],
    ["stack underflow", archive(P + b"s."), "takes more values than it has"],
    ["underflow beneath a mark", archive(P + b"}K\1(0."), "takes more values than it has"],
    ["no mark", archive(P + b"]e."), "no mark"],
    ["a dangling memo", archive(P + b"h\7."), "refers to value 7"],
    ["a cut-off pickle", archive(P + b"}X\xff\0\0\0a"), "needs 255 bytes"],
    ["a pickle without an end", archive(P + b"}"), "needs 1 bytes"],
    ["a 64-bit length", archive(b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff."), "claims 18446744073709551615 bytes"],
    ["an unknown instruction", archive(P + b"\xff."), "instruction 0xff"],
    ["values left behind", archive(P + b"K\1K\2."), "leaves values behind"],
    ["a global as value", archive(P + b"}K\1ctorch\nFloatStorage\ns."), "keeps the global torch.FloatStorage"],
    ["a global in a tuple", archive(P + b"ctorch\nFloatStorage\n\x85."), "keeps a tuple of arguments"],
    ["a list as key", archive(P + b"}]K\1s."), "key or a set's element is a list"],
    ["a persistent id of something else", archive(P + b"K\1Q."), "expected a storage"],
    ["a missing storage", archive(P + storage(2) + b"."), "storage '0' is missing"],
    ["a storage shorter than it claims", tensor(3, 0, [3], [1]), "has 8 bytes in the file, expected 12"],
    ["a tensor beyond its storage", tensor(2, 1, [2], [1]), "reaches element 3"],
    ["a negative stride", tensor(2, 1, [2], [-1]), "strides is -1"],
    ["a negative side", tensor(2, 0, [-2], [1]), "shape is -2"],
    ["shape and strides of two lengths", tensor(2, 0, [2], [1, 1]), "expected as many of both"],
    ["an expanded tensor of a billion elements", tensor(2, 0, [1000, 1000, 1000], [0, 0, 0]), "would take"],
    ["a product that overflows", tensor(2, 0, [2**30] * 3, [0, 0, 0]), "expected at most 2"],
    ["sets made again and again", archive(P + b"(" + b"K\1" * 999 + b"lq\0" + b"c__builtin__\nset\nh\0\x85R0" * 999 + b"."), "a set would take"],
    ["a compressed pickle", archive(P + b"}.", compression=zipfile.ZIP_DEFLATED), "is compressed"],
    ["no pickle", archive(P + b"}.").replace(b"data.pkl", b"data.pkx"), "holds 0 files data.pkl"],
    ["damaged bytes", whole.replace(b"\0\0\x80\x3f", b"\0\0\x81\x3f", 1), "checksum"],
    ["a cut-off file", whole[:-30], "cut off"],
    ["an empty file", b"", "empty"],
]
other = {
    "plain": [saved(plain, pickle_protocol=protocol) for protocol in (2, 4)],
    "checkpoint": [saved(checkpoint)],
    "bigEndian": [big_endian],
    "path": [archive(P + b"}X\1\0\0\0wK\1s.", folder="größe 模型/")],
    "deep": [archive(P + b"]" * 20000 + b"a" * 19999 + b".")],
    "itself": [archive(P + b"]q\0h\0a.")],
}
(RECORDINGS / "torch_files.json").write_text(
    json.dumps(
        {
            "good": good,
            "bad": [[name, encode(file), message] for name, file, message in bad],
            "other": {name: [encode(file) for file in files] for name, files in other.items()},
        },
        indent=1,
    )
    + "\n"
)
