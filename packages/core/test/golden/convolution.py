"""1,000 convolutions and correlations by NumPy (1-D) and SciPy (2-D), with small integers so that all sums are exact.

Run with: python convolution.py; writes recordings/convolution.json, a row a case:
[operation, mode, f, g, result], where a result of null says that the library refused the case.
"""

import json
from pathlib import Path

import numpy as np
import scipy.signal

random = np.random.default_rng(33)
cases = []
for index in range(1000):
    operation = ("convolve", "correlate")[index % 2]
    mode = ("full", "same", "valid")[index // 2 % 3]
    two = index >= 500
    f, g = (random.integers(-9, 10, size=tuple(random.integers(1, 7, size=2 if two else 1))) for _ in range(2))
    run = getattr(scipy.signal, operation + "2d") if two else getattr(np, operation)
    try:
        result = run(f, g, mode).tolist()
    except ValueError:
        result = None
    cases.append([operation, mode, f.tolist(), g.tolist(), result])

target = Path(__file__).parent / "recordings" / "convolution.json"
target.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
