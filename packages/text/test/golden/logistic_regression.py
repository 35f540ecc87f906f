"""L2 logistic regression on log-count ratios by scikit-learn (liblinear, the bias penalised as a feature of ones).

    python test/golden/logistic_regression.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

rng = np.random.RandomState(0)
rows, width = 60, 25
labels = (rng.rand(rows) < 0.5).astype(int)
lean = rng.randn(width)
dense = (rng.rand(rows, width) < 0.15 + 0.15 * ((labels[:, None] * 2 - 1) * lean > 0.5)).astype(float)
p, q = dense[labels == 1].sum(0) + 1, dense[labels == 0].sum(0) + 1
ratios = np.log(p / p.sum()) - np.log(q / q.sum())
fits = []
for c in (0.1, 1.0, 10.0):
    model = LogisticRegression(C=c, solver="liblinear", tol=1e-10, max_iter=100000).fit(dense * ratios, labels)
    fits.append({"c": c, "weights": model.coef_[0].tolist(), "bias": float(model.intercept_[0])})
columns = [np.flatnonzero(row).tolist() for row in dense]
starts = np.cumsum([0] + [len(c) for c in columns]).tolist()
recording = {
    "width": width,
    "labels": labels.tolist(),
    "starts": starts,
    "columns": [j for c in columns for j in c],
    "ratios": ratios.tolist(),
    "fits": fits,
}
path = Path(__file__).parent / "recordings" / "logistic_regression.json"
path.write_text(json.dumps(recording) + "\n")
