"""A TextCNN's features, written plainly: embedding, convolutions over time, ReLU, maximum over time, joined."""

import torch
import torch.nn.functional as F

from golden import Golden, gradients, randn

golden = Golden("embedding_conv_max")


def features(padding_idx, ids, table, **filters):
    vectors = F.embedding(ids, table, padding_idx=padding_idx).unsqueeze(1)
    maxima = []
    for i in range(len(filters) // 2):
        convolved = F.conv2d(vectors, filters[f"weight{i}"], filters[f"bias{i}"]).squeeze(3).relu()
        maxima.append(F.max_pool1d(convolved, convolved.shape[2]).squeeze(2))
    return torch.cat(maxima, 1)


def case(name, batch, length, heights, vocabulary=11, width=6, padding_idx=None, ids=None, bias=0.0):
    if ids is None:
        ids = torch.randint(vocabulary, (batch, length), generator=torch.Generator().manual_seed(1))
    inputs = {"ids": ids, "table": randn((vocabulary, width), 2)}
    for i, (height, filters) in enumerate(heights):
        inputs[f"weight{i}"] = randn((filters, 1, height, width), 3 + 2 * i)
        inputs[f"bias{i}"] = randn((filters,), 4 + 2 * i) + bias
    config = {"count": len(heights), "padding_idx": padding_idx}
    tensors = gradients(lambda **x: features(padding_idx, **x), inputs)
    golden.case(name, config, tensors | {"ids": ids.int()})


case("three heights", 3, 9, [(3, 5), (4, 5), (5, 5)])
case("one height", 2, 7, [(2, 3)])
case("one word", 2, 5, [(1, 4), (2, 4)])
case("heights in any order, each with its own number of filters", 2, 9, [(4, 1), (2, 7), (3, 2)])
case("the same height twice", 2, 6, [(3, 2), (3, 3)])
case("a text as long as the highest filter", 2, 5, [(3, 4), (5, 4)])
case("one text", 1, 12, [(3, 9)], width=1)
case("padding", 2, 8, [(3, 6), (2, 6)], padding_idx=1,
     ids=torch.tensor([[4, 5, 6, 7, 1, 1, 1, 1], [2, 3, 3, 9, 10, 1, 1, 1]]))
case("nothing but padding", 2, 5, [(3, 6)], padding_idx=1, ids=torch.ones(2, 5, dtype=torch.long))
case("ties: the first window wins", 2, 8, [(2, 8), (3, 8)], ids=torch.tensor([[5, 6] * 4, [7] * 8]))
case("windows that are all negative", 2, 8, [(2, 8), (3, 8)], bias=-40.0)
case("some filters let nothing through", 3, 8, [(2, 20)], bias=-6.0)
golden.save()
