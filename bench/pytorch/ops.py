"""Runs PyTorch's ops as it is asked, line by line; the other half of src/ops/server.ts.

    python bench/pytorch/ops.py [--threads 1]
    {"do": "prepare", "spec": {"op": "matmul", "m": 384, "k": 384, "n": 384}}
    {"do": "measure", "settle": 0.05, "seconds": 0.2, "slow": 0.5}

Each line of JSON on standard input is answered by one on standard output. The rows of the benchmark stand in
src/ops/rows.ts only, so that all contestants do the same. Inputs come from the formula of src/ops/values.ts; `digest`, the
mean magnitude of what the op gives, shows that all compute the same. Gradients are called as PyTorch's own backward calls them
(its aten ops), without the tape.
"""

import argparse
import itertools
import json
import math
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
import text_cnn
from notes_cnn import NotesCnn
from seq2seq import train_step as seq2seq_step

aten = torch.ops.aten


def hashed(size, stream):
    x = np.arange(1, size + 1, dtype=np.uint32) * np.uint32(0x9E3779B1)
    x ^= np.uint32((stream + 1) * 0x85EBCA77 & 0xFFFFFFFF)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0xC2B2AE3D)
    return (x ^ (x >> np.uint32(13))) >> np.uint32(8)


def make(shape, stream):
    return torch.from_numpy((hashed(math.prod(shape), stream) / 2**24 - 0.5).astype(np.float32).reshape(shape))


def classes(size, count):
    return torch.from_numpy((hashed(size, 99) % count).astype(np.int64))


def matmul(m, k, n, batch=1, transposeA=False, transposeB=False):
    lead = [batch] if batch > 1 else []
    a = make(lead + ([k, m] if transposeA else [m, k]), 0)
    b = make(lead + ([n, k] if transposeB else [k, n]), 1)
    return lambda: torch.matmul(a.mT if transposeA else a, b.mT if transposeB else b)


def conv2d(op, n, c, size, o, kernel):
    output = size - kernel + 1
    x, weight, bias = make([n, c, size, size], 0), make([o, c, kernel, kernel], 1), make([o], 2)
    grad = make([n, o, output, output], 3)
    if op == "conv2d":
        return lambda: F.conv2d(x, weight, bias)
    mask = [op == "conv2dBackwardInput", op == "conv2dBackwardWeight", False]
    which = mask.index(True)
    geometry = ([o], [1, 1], [0, 0], [1, 1], False, [0, 0], 1)
    return lambda: aten.convolution_backward(grad, x, weight, *geometry, mask)[which]


def conv_relu_pool(op, n, c, size, o, kernel, bias, inputGradient):
    x, weight = make([n, c, size, size], 0), make([o, c, kernel, kernel], 1)
    side = (size - kernel + 1) // 2
    grad, bias = make([n, o, side, side], 3), torch.full([o], bias)
    if op == "convReluPool":
        return lambda: F.max_pool2d(F.relu(F.conv2d(x, weight, bias)), 2, 2)
    active = F.relu(F.conv2d(x, weight, bias))
    indices = aten.max_pool2d_with_indices(active, [2, 2], [2, 2])[1]
    pool = ([2, 2], [2, 2], [0, 0], [1, 1], False)
    geometry = ([o], [1, 1], [0, 0], [1, 1], False, [0, 0], 1)

    def backward():
        grad_active = aten.max_pool2d_with_indices_backward(grad, active, *pool, indices)
        grad_output = aten.threshold_backward(grad_active, active, 0)
        return aten.convolution_backward(grad_output, x, weight, *geometry, [inputGradient, True, True])

    return backward


def max_pool2d(op, n, c, size):
    x, grad = make([n, c, size, size], 0), make([n, c, size // 2, size // 2], 3)
    if op == "maxPool2d":
        return lambda: aten.max_pool2d_with_indices(x, [2, 2], [2, 2])[0]
    indices = aten.max_pool2d_with_indices(x, [2, 2], [2, 2])[1]
    geometry = ([2, 2], [2, 2], [0, 0], [1, 1], False)
    return lambda: aten.max_pool2d_with_indices_backward(grad, x, *geometry, indices)


def cross_entropy(op, n, count):
    logits, target = make([n, count], 0), classes(n, count)
    if op == "crossEntropy":
        return lambda: F.cross_entropy(logits, target)
    log_probs = F.log_softmax(logits, 1)
    _, total = aten.nll_loss_forward(log_probs, target, None, 1, -100)
    one = torch.ones([])

    def backward():
        grad = aten.nll_loss_backward(one, log_probs, target, None, 1, -100, total)
        return aten._log_softmax_backward_data(grad, log_probs, 1, torch.float32)

    return backward


def batch_norm(op, shape):
    x, weight, bias, grad = make(shape, 0), make([shape[1]], 1), make([shape[1]], 2), make(shape, 3)
    if op == "batchNorm":
        return lambda: aten.native_batch_norm(x, weight, bias, None, None, True, 0.1, 1e-5)[0]
    _, mean, inverse = aten.native_batch_norm(x, weight, bias, None, None, True, 0.1, 1e-5)
    every = [True, True, True]
    return lambda: aten.native_batch_norm_backward(grad, x, weight, None, None, mean, inverse, True, 1e-5, every)[0]


def recurrent_layer(kind, batch, steps, hidden):
    layer = getattr(torch.nn, kind)(hidden, hidden)
    parameters = list(layer.parameters())
    with torch.no_grad():
        for index, parameter in enumerate(parameters):
            parameter.copy_(make(list(parameter.shape), 10 + index) * (2 / math.sqrt(hidden)))
    x, grad = make([steps, batch, hidden], 0).requires_grad_(), make([steps, batch, hidden], 1)
    return lambda: torch.autograd.grad((layer(x)[0] * grad).sum(), [x, *parameters])[0]


def adam(fused):
    parameters = list(NotesCnn().parameters())
    for index, parameter in enumerate(parameters):
        parameter.grad = make(list(parameter.shape), index)
    return torch.optim.Adam(parameters, lr=0.01, **({"fused": True} if fused else {})).step


def inference(batch):
    model = NotesCnn().eval()
    for index, parameter in enumerate(model.parameters()):
        inputs = math.prod(list(model.parameters())[index // 2 * 2].shape[1:])
        parameter.copy_(make(list(parameter.shape), 10 + index) * (2 / math.sqrt(inputs)))
    images = make([batch, 1, 28, 28], 0)
    return lambda: model(images)


def train_step(batch, size):
    torch.manual_seed(0)
    model = NotesCnn(size)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    images, labels = make([batch, 1, size, size], 0), classes(batch, 10)

    def step():
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


def text_step(words, written):
    torch.manual_seed(0)
    model = text_cnn.TextCnn()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    batches = itertools.cycle(text_cnn.batches(words, lambda size, stream: hashed(size, stream) / 2**24))
    targets = classes(text_cnn.BATCH, 2).float().reshape(-1, 1)

    def step():
        loss = F.binary_cross_entropy_with_logits(model(next(batches)), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


def seq2seq(batch, length, hidden, sourceWords, targetWords):
    source, target = (classes(batch * length, words).reshape(batch, length) for words in (sourceWords, targetWords))
    return seq2seq_step(source, target, sourceWords, targetWords, hidden)


def prepare(spec):
    op, rest = spec["op"], {name: value for name, value in spec.items() if name != "op"}
    if op == "matmul":
        return matmul(**rest)
    if op.startswith("conv2d"):
        return conv2d(op, **rest)
    if op.startswith("convReluPool"):
        return conv_relu_pool(**spec)
    if op.startswith("maxPool2d"):
        return max_pool2d(op, **rest)
    if op.startswith("crossEntropy"):
        return cross_entropy(op, rest["n"], rest["classes"])
    if op.startswith("batchNorm"):
        return batch_norm(op, rest["shape"])
    if op == "recurrentLayer":
        return recurrent_layer(**rest)
    if op == "adam":
        return adam(**rest)
    if op == "inference":
        return inference(**rest)
    if op == "trainStep":
        return train_step(**rest)
    if op == "textStep":
        return text_step(**rest)
    if op == "seq2seqStep":
        return seq2seq(**rest)
    return None


def digest_of(result):
    """The mean magnitude; of several results their sum."""
    if result is None:
        return None
    results = result if isinstance(result, tuple) else [result]
    return sum(each.detach().double().abs().mean().item() for each in results if each is not None)


def seconds_per_call(f, calls):
    start = time.perf_counter()
    for _ in range(calls):
        f()
    return (time.perf_counter() - start) / calls


def warm_up(f):
    estimate = spent = seconds_per_call(f, 1)
    calls = 1
    while spent < 0.1 and calls < 2000:
        estimate = seconds_per_call(f, calls)
        spent += estimate * calls
        calls *= 2
    return estimate


def answer(**values):
    print(json.dumps(values), flush=True)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--threads", type=int, default=1)
options = parser.parse_args()
torch.set_num_threads(options.threads)

answer(device=f"PyTorch {torch.__version__} {torch.backends.cpu.get_cpu_capability()}, {options.threads} threads")
run, estimate, taped = None, 0.0, False
for line in sys.stdin:
    request = json.loads(line)
    if request["do"] == "prepare":
        taped = request["spec"]["op"] in ("recurrentLayer", "trainStep", "textStep", "seq2seqStep")
        with torch.set_grad_enabled(taped):
            run = prepare(request["spec"])
        if run is None:
            answer(unsupported=f"PyTorch's half has no {request['spec']['op']}")
            continue
        with torch.set_grad_enabled(taped):
            result = run()
            digest = digest_of(result)
            estimate = warm_up(run)
        answer(digest=digest, secondsPerCall=estimate)
    else:
        is_slow = estimate > request["slow"]
        with torch.set_grad_enabled(taped):
            if not is_slow:
                estimate = seconds_per_call(run, max(1, round(request["settle"] / estimate)))
            calls = 1 if is_slow else max(5, round(request["seconds"] / estimate))
            estimate = seconds_per_call(run, calls)
        answer(secondsPerCall=estimate, calls=calls)
