"""Files of NumPy, which ours must read, and such as it must refuse.

Run with: python numpy_files.py; writes recordings/numpy_files.json: base64 of each file, and what it holds (bits as hex,
little-endian, row by row).
"""

import base64
import io
import json

import numpy as np
from numpy.lib import format as npy

from golden import RECORDINGS


def encode(data):
    return base64.b64encode(data).decode()


def saved(array, version=None):
    stream = io.BytesIO()
    npy.write_array(stream, np.asarray(array), version=version)
    return stream.getvalue()


def zipped(save, **arrays):
    stream = io.BytesIO()
    save(stream, **arrays)
    return stream.getvalue()


def held(array):
    array = np.asarray(array)
    little = array.astype(array.dtype.newbyteorder("<"))
    return [array.dtype.name, list(array.shape), little.tobytes("C").hex()]


def with_header(text, data=b"\0" * 8):
    return b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text + data


values = np.array([[0, 1, 2], [3, 100, 127]])
arrays = {name: values.astype(name) for name in (
    "float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool")}
arrays |= {f"big-endian {name}": values.astype(name) for name in (">f8", ">f4", ">f2", ">i8", ">u4", ">i2")}
arrays |= {
    "Fortran order": np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4)),
    "Fortran order, big-endian": np.asfortranarray(np.arange(6).reshape(2, 3).astype(">i4")),
    "a scalar": np.float32(3.5),
    "empty": np.zeros((0, 3), np.int16),
    "empty in Fortran order": np.zeros((3, 0, 2), np.int16, order="F"),
    "special": np.array([np.nan, np.inf, -np.inf, -0.0]),
}
good = [[name, encode(saved(array)), held(array)] for name, array in arrays.items()]
good += [[f"version {v}", encode(saved(values, (v, 0))), held(values)] for v in (1, 2, 3)]
good.append(["another order of keys", encode(with_header(b'{"shape": (2L,), "fortran_order": False, "descr": "<f4"}\n')), ["float32", [2], "00" * 8]])

header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n"
objects = io.BytesIO()
np.save(objects, np.array([{}], object), allow_pickle=True)
whole = saved(np.ones(2, np.float32))
bad = [
    ["objects", objects.getvalue(), "Python objects"],
    ["structures", saved(np.zeros(2, [("a", "<i4"), ("b", "<f4")])), "structured dtype"],
    ["text", saved(np.array(["ab"])), "dtype '<U2'"],
    ["dates", saved(np.array(["2020-01-01"], "datetime64[D]")), "dtype '<M8[D]'"],
    ["complex numbers", saved(np.ones(1, complex)), "dtype '<c16'"],
    ["long doubles", saved(np.ones(1, np.longdouble)), "dtype '<f16'"],
    ["no magic", b"NUMPY" + whole, "does not begin"],
    ["an empty file", b"", "does not begin"],
    ["version 4", whole[:6] + b"\4" + whole[7:], "version 4"],
    ["a cut-off header", whole[:40], "expected no more than the 30 left"],
    ["a header of four gigabytes", b"\x93NUMPY\2\0\xff\xff\xff\xff", "claims 4294967295 bytes"],
    ["cut-off data", whole[:-1], "takes 8 bytes, but 7 follow"],
    ["trailing data", whole + b"\0", "takes 8 bytes, but 9 follow"],
    ["code in the header", with_header(b"{'descr': __import__('os').system('id'), 'fortran_order': False, 'shape': (2,), }\n"), "the header holds"],
    ["another key", with_header(header.replace(b"{", b"{'a': True, ")), "the header holds"],
    ["a key twice", with_header(header.replace(b"{", b"{'descr': '<f4', ")), "names descr twice"],
    ["a missing key", with_header(b"{'descr': '<f4', 'shape': (2,), }"), "lacks descr, fortran_order or shape"],
    ["no dict", with_header(b"[]"), "no Python dict"],
    ["a number as shape", with_header(header.replace(b"(2,)", b"(2)")), "expected a tuple"],
    ["a negative side", with_header(header.replace(b"(2,)", b"(-2,)")), "shape holds '-2'"],
    ["a product that overflows", with_header(header.replace(b"(2,)", b"(9007199254740991, 9007199254740991)")), "takes Infinity bytes"],
    ["prototype's names as dtype", with_header(header.replace(b"<f4", b"toString")), "dtype 'toString'"],
]
archive = {"weight": values.astype("float32"), "größe": np.float64(2), "__proto__": np.arange(3)}
stored = zipped(np.savez, **archive)
archives = [encode(stored), encode(zipped(np.savez_compressed, **archive))]
bad_archives = [
    ["a cut-off archive", stored[:-10], "cut off"],
    ["damaged data", stored.replace(b"\0\0\xc8\x42", b"\0\0\xc9\x42", 1), "checksum"],
    ["objects", zipped(np.savez, o=np.array([{}], object)), "'o.npy': the array holds Python objects"],
    ["no archive", whole, "no end of a zip directory"],
]
(RECORDINGS / "numpy_files.json").write_text(
    json.dumps(
        {
            "good": good,
            "bad": [[name, encode(file), message] for name, file, message in bad],
            "archives": archives,
            "archive": {name: held(array) for name, array in archive.items()},
            "badArchives": [[name, encode(file), message] for name, file, message in bad_archives],
        },
        indent=1,
    )
    + "\n"
)
