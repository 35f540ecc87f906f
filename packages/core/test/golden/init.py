"""Initial values: layers made after torch.manual_seed, and the functions of torch.nn.init."""

import torch
from torch import nn

from golden import Golden

golden = Golden("init")


def layers(name, seed, specifications):
    """Makes the layers one after the other; each is [kind, arguments, options]."""
    torch.manual_seed(seed)
    made = [getattr(nn, kind)(*arguments, **options) for kind, arguments, options in specifications]
    tensors = {f"{i}/{key}": value for i, layer in enumerate(made) for key, value in layer.state_dict().items()}
    config = {"kind": "layers", "seed": seed, "layers": specifications}
    golden.case(name, config, tensors | {"next_uniform": torch.rand(3)})


layers("Linear", 0, [["Linear", [5, 3], {}]])
layers("Linear, no bias", 1, [["Linear", [7, 2], {"bias": False}]])
layers("Linear, one feature", 2, [["Linear", [1, 4], {}]])
layers("Conv2d", 3, [["Conv2d", [3, 4, 3], {}]])
layers("Conv2d, groups", 4, [["Conv2d", [6, 4, [2, 3]], {"groups": 2}]])
layers("Conv2d, depthwise, no bias", 5, [["Conv2d", [4, 4, 3], {"groups": 4, "bias": False}]])
layers("BatchNorm", 6, [["BatchNorm1d", [3], {}], ["BatchNorm2d", [4], {}]])
layers("Conv1d", 7, [["Conv1d", [4, 6, 3], {"groups": 2}]])
layers("ConvTranspose2d", 8, [["ConvTranspose2d", [4, 6, [2, 3]], {"groups": 2}]])
layers("Embedding", 9, [["Embedding", [7, 3], {}]])
layers("Embedding, padding", 10, [["Embedding", [7, 3], {"padding_idx": 2}]])
layers("LayerNorm, GroupNorm", 11, [["LayerNorm", [3], {}], ["GroupNorm", [2, 4], {}]])
layers("RNN", 12, [["RNN", [3, 2], {"num_layers": 2, "nonlinearity": "relu"}]])
layers("GRU", 13, [["GRU", [3, 2], {"bidirectional": True}], ["GRU", [2, 3], {"bias": False}]])
layers("LSTM", 14, [["LSTM", [2, 3], {"num_layers": 2, "bidirectional": True}]])
layers("recurrent cells", 15, [["RNNCell", [3, 2], {}], ["GRUCell", [3, 2], {"bias": False}], ["LSTMCell", [2, 3], {}]])
layers("layer after layer", 42, [["Conv2d", [1, 6, 5], {}], ["BatchNorm2d", [6], {}], ["Conv2d", [6, 2, 5], {}],
                                 ["Linear", [32, 10], {}], ["Linear", [10, 3], {}]])


def function(name, seed, shape, *arguments, **options):
    torch.manual_seed(seed)
    value = getattr(nn.init, f"{name}_")(torch.empty(shape), *arguments, **options)
    label = f"{name} {list(shape)} {[*arguments, *options.items()]}"
    config = {"kind": "function", "function": name, "seed": seed, "shape": list(shape), "arguments": list(arguments)}
    golden.case(label, config | {"options": options}, {"value": value, "next_uniform": torch.rand(3)})


function("uniform", 1, (4, 5))
function("uniform", 1, (3, 3), -0.2, 0.7)
function("normal", 2, (4, 5))
function("normal", 2, (3, 3), 1.0, 0.01)
function("constant", 0, (2, 3), 0.3)
function("zeros", 0, (2, 3))
function("ones", 0, (2, 3))
for shape in [(4, 5), (3, 2, 3, 2), (6, 1, 5, 5)]:
    function("xavier_uniform", 3, shape)
    function("xavier_normal", 4, shape, gain=1.5)
    function("kaiming_uniform", 5, shape)
    function("kaiming_normal", 6, shape, mode="fan_out", nonlinearity="relu")
function("kaiming_uniform", 7, (4, 5), a=5**0.5)
function("kaiming_uniform", 7, (4, 5), nonlinearity="tanh")
function("kaiming_uniform", 7, (4, 5), mode="fan_out", nonlinearity="linear")
function("kaiming_normal", 8, (4, 5), a=0.2)
function("kaiming_normal", 8, (2, 3), nonlinearity="selu")
for shape in [(4, 4), (5, 3), (3, 5), (3, 2, 2, 3)]:
    function("orthogonal", 9, shape, gain=1.5)

gains = {name: nn.init.calculate_gain(name) for name in ["linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"]}
golden.case("gains", {"kind": "gains", "gains": gains, "leaky_relu_0_2": nn.init.calculate_gain("leaky_relu", 0.2)}, {})
golden.save()
