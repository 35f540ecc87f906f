"""F.max_pool2d: forward and gradient."""

import torch
import torch.nn.functional as F

from golden import Golden, gradients, randn

golden = Golden("max_pool2d")


def case(name, input, kernel_size, **options):
    input = randn(input, 1) if isinstance(input, tuple) else input
    config = {"kernel_size": kernel_size, **options}
    golden.case(name, config, gradients(lambda input: F.max_pool2d(input, **config), {"input": input}))


case("2x2", (2, 3, 8, 6), 2)
case("2x2 leaves a row and a column over", (2, 3, 7, 9), 2)
case("batch 1, one channel", (1, 1, 4, 4), 2)
case("overlapping", (2, 2, 8, 7), 3, stride=1)
case("overlapping, stride 2", (2, 2, 9, 8), 3, stride=2)
case("stride 3 over kernel 2", (2, 2, 9, 10), 2, stride=3)
case("kernel 3x2", (2, 2, 7, 6), [3, 2])
case("kernel 1x3, stride 2x1", (2, 2, 6, 7), [1, 3], stride=[2, 1])
case("padding 1", (2, 2, 6, 7), 3, stride=2, padding=1)
case("padding 1x0", (2, 2, 6, 7), [3, 2], stride=1, padding=[1, 0])
case("ceil", (2, 2, 7, 9), 2, ceil_mode=True)
case("ceil, stride over kernel", (2, 2, 8, 9), 2, stride=3, ceil_mode=True)
case("ceil, padding: the last window would start in the padding", (1, 2, 5, 6), 2, stride=2, padding=1, ceil_mode=True)
case("dilation 2", (2, 2, 9, 8), 2, dilation=2, stride=1)
case("dilation 1x2, padding, ceil", (2, 2, 8, 9), 3, dilation=[1, 2], stride=2, padding=1, ceil_mode=True)
case("every window negative", -randn((2, 3, 6, 6), 4).abs() - 0.1, 2)
case("every window negative, padded", -randn((2, 3, 5, 6), 5).abs() - 0.1, 3, stride=2, padding=1)
case("ties go to the first", torch.zeros(2, 2, 6, 6), 2)
case("ties, overlapping", torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 1.0]).repeat(1, 2, 6, 1), 3, stride=1)
case("behind a ReLU", randn((2, 3, 8, 8), 6).relu(), 2)
case("3-D input, no batch", (3, 6, 5), 2)
golden.save()
