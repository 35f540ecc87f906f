"""F.conv2d: forward and gradients."""

import torch.nn.functional as F

from golden import Golden, gradients, randn

golden = Golden("conv2d")


def case(name, input, weight, bias=True, **options):
    inputs = {
        "input": randn(input, 1),
        "weight": randn(weight, 2),
        "bias": randn(weight[:1], 3) if bias else None,
    }
    golden.case(name, {"bias": bias, **options}, gradients(lambda **x: F.conv2d(**x, **options), inputs))


case("plain", (2, 3, 7, 9), (4, 3, 3, 3))
case("batch 1", (1, 1, 8, 8), (2, 1, 5, 5))
case("no bias", (2, 2, 6, 6), (3, 2, 3, 3), bias=False)
case("1x1", (2, 3, 5, 4), (6, 3, 1, 1))
case("1x1 stride 2", (2, 3, 5, 4), (6, 3, 1, 1), stride=2)
case("kernel as large as the image", (3, 2, 5, 4), (4, 2, 5, 4))
case("kernel 3x1", (2, 2, 6, 5), (3, 2, 3, 1))
case("kernel 2x4", (2, 2, 6, 7), (3, 2, 2, 4))
case("stride 2", (2, 3, 9, 9), (4, 3, 3, 3), stride=2)
case("stride 2 leaves a row over", (2, 3, 8, 10), (4, 3, 3, 3), stride=2)
case("stride 3 over kernel 2", (2, 2, 9, 10), (3, 2, 2, 2), stride=3)
case("stride 2x1", (2, 2, 7, 7), (3, 2, 3, 2), stride=[2, 1])
case("stride 1x3", (2, 2, 7, 8), (3, 2, 2, 3), stride=[1, 3])
case("padding 1", (2, 3, 5, 6), (4, 3, 3, 3), padding=1)
case("padding 2x0", (2, 2, 5, 6), (3, 2, 5, 3), padding=[2, 0])
case("padding larger than the kernel", (1, 2, 3, 3), (2, 2, 2, 2), padding=3)
case("padding and stride", (2, 2, 7, 8), (3, 2, 3, 3), padding=1, stride=2)
case("same, odd kernel", (2, 2, 6, 7), (3, 2, 3, 5), padding="same")
case("same, even kernel", (2, 2, 6, 7), (3, 2, 4, 2), padding="same")
case("same, even kernel, dilated", (2, 2, 8, 9), (3, 2, 2, 4), padding="same", dilation=[3, 2])
case("valid", (2, 2, 6, 7), (3, 2, 3, 2), padding="valid")
case("dilation 2", (2, 2, 9, 8), (3, 2, 3, 3), dilation=2)
case("dilation 1x3", (2, 2, 5, 9), (3, 2, 2, 3), dilation=[1, 3])
case("dilation, stride and padding", (2, 2, 9, 10), (3, 2, 3, 3), dilation=2, stride=2, padding=1)
case("two groups", (2, 4, 6, 6), (6, 2, 3, 3), groups=2)
case("groups with stride, padding and dilation", (2, 6, 8, 9), (3, 2, 2, 3), groups=3, stride=2, padding=1, dilation=2)
case("depthwise", (2, 4, 6, 7), (4, 1, 3, 3), groups=4)
case("depthwise, two kernels a channel", (2, 3, 6, 7), (6, 1, 3, 2), groups=3, padding=1)
case("the notes' conv1", (3, 1, 28, 28), (6, 1, 5, 5))
case("the notes' conv2", (2, 6, 12, 12), (12, 6, 5, 5))
case("sizes that fill no register", (3, 5, 11, 13), (7, 5, 3, 3))
golden.save()
