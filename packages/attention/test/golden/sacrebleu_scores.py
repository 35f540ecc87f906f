"""Records sacrebleu's BLEU, chrF and tokenisation for hand-written and made-up sentences.

    python sacrebleu_scores.py
"""

import json
import random
from pathlib import Path

import sacrebleu
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from sacrebleu.tokenizers.tokenizer_intl import TokenizerV14International

LINES = [
    "Hello, world!",
    "It's 3.14, or 1,000.50 (roughly) - isn't it?",
    "&quot;Quoted&quot; &amp; &lt;tagged&gt; <skipped>text",
    "a well-known 20-year-old co-op; e-mail: a@b.c/d_e",
    "«Où êtes-vous ?» demanda-t-il… 50 % – 3€.",
    "price: $5.00, 10%, #1 [x] {y} ~z `w` ^v |u| \\t",
    "日本語、テスト。 10。5",
    "  spaces \t and\u00a0more\u3000of them  ",
    "ends in a year 1999.",
    "4.-5, .5 5. ,, ..",
    "emoji 🐈‍⬛ and 𝔘nicode, no.1",
    "",
]

CORPORA = {
    "one sentence": (["the cat sat on a mat"], [["the cat sat on the mat"]]),
    "short": (["i m ok", "he is late ."], [["i m fine"], ["he is late ."]]),
    "several references": (
        ["It is raining, I think.", "He runs quickly", "No!"],
        [
            ["It's raining, I think.", "I think it is raining.", "It rains, I believe."],
            ["He runs fast.", "he runs quickly"],
            ["No way!"],
        ],
    ),
    "nothing right": (["a b c d"], [["e f g h"]]),
    "nothing written": (["", ""], [["one two three"], ["four"]]),
    "one empty": (["", "one two three four five"], [["six"], ["one two three four six"]]),
    "longer than its references": (["a b c d e f g h i"], [["a b c d e"]]),
    "no four words": (["a b", "c"], [["a b"], ["c"]]),
    "cases": (["The Cat Sat On The Mat Today"], [["the cat sat on the mat today"]]),
}

OPTIONS = [
    {},
    {"tokenize": "intl"},
    {"tokenize": "none"},
    {"tokenize": "char"},
    {"lowercase": True},
    {"smooth_method": "floor"},
    {"smooth_method": "floor", "smooth_value": 0.5},
    {"smooth_method": "add-k"},
    {"smooth_method": "add-k", "smooth_value": 2},
    {"smooth_method": "none"},
    {"effective_order": True},
    {"max_ngram_order": 2},
]
CHRF_OPTIONS = [{}, {"word_order": 2}, {"lowercase": True}, {"beta": 1, "char_order": 3}]


def made_up(seed):
    rng = random.Random(seed)
    words = "i you he she we they am is are was not late here there, tired. ok? don't 3.5 20-year (so) “very” été".split()
    hypotheses, references = [], []
    for _ in range(12):
        base = [rng.choice(words) for _ in range(rng.randint(1, 14))]
        noisy = lambda p: " ".join(w if rng.random() > p else rng.choice(words) for w in base if rng.random() > p / 2)
        hypotheses.append(noisy(0.3))
        references.append([noisy(0.15) or "ok" for _ in range(rng.randint(1, 3))])
    return hypotheses, references


def streams(references):
    width = max(len(own) for own in references)
    return [[own[i] if i < len(own) else None for own in references] for i in range(width)]


for seed in range(4):
    CORPORA[f"made up {seed}"] = made_up(seed)

recorded = {"sacrebleu": sacrebleu.__version__, "tokenized": [], "corpora": []}
for line in LINES:
    recorded["tokenized"].append(
        {"line": line, "13a": Tokenizer13a()(line), "intl": TokenizerV14International()(line)}
    )
for name, (hypotheses, references) in CORPORA.items():
    scores = []
    for options in OPTIONS:
        metric = BLEU(force=True, **options)
        got = metric.corpus_score(hypotheses, streams(references))
        signature = str(metric.get_signature()).split("|version")[0]
        scores.append(
            {
                "options": options,
                "score": got.score,
                "precisions": got.precisions,
                "bp": got.bp,
                "counts": got.counts,
                "totals": got.totals,
                "lengths": [got.sys_len, got.ref_len],
                "signature": signature,
            }
        )
    chrf = [
        {"options": options, "score": CHRF(**options).corpus_score(hypotheses, streams(references)).score}
        for options in CHRF_OPTIONS
    ]
    recorded["corpora"].append(
        {"name": name, "hypotheses": hypotheses, "references": references, "bleu": scores, "chrf": chrf}
    )

path = Path(__file__).parent / "recordings" / "sacrebleu_scores.json"
path.write_text(json.dumps(recorded, ensure_ascii=False, separators=(",", ":")) + "\n")
print(path, path.stat().st_size)
