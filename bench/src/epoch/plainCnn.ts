import { functional as F, nn, type Tensor } from '@flambeau/core';

/**
 * The notes' network as a user writes it who has never heard of fusion, and as `pytorch/notes_cnn.py` writes it.
 *
 * @param size - the images' height and width: 28 in the notes; others show how cost grows.
 */
export class PlainCnn extends nn.Module {
  conv1: nn.Conv2d;
  conv2: nn.Conv2d;
  fc1: nn.Linear;
  fc2: nn.Linear;
  out: nn.Linear;

  constructor(size = 28) {
    super();
    const side = Math.floor((Math.floor((size - 4) / 2) - 4) / 2);
    // In PyTorch's order: each layer draws its weights from the one generator.
    this.conv1 = new nn.Conv2d(1, 6, 5);
    this.conv2 = new nn.Conv2d(6, 12, 5);
    this.fc1 = new nn.Linear(12 * side * side, 120);
    this.fc2 = new nn.Linear(120, 60);
    this.out = new nn.Linear(60, 10);
  }

  forward(images: Tensor): Tensor {
    let x = F.maxPool2d(F.relu(this.conv1.forward(images)), 2);
    x = F.maxPool2d(F.relu(this.conv2.forward(x)), 2);
    x = F.flatten(x, { startDim: 1 });
    x = F.relu(this.fc1.forward(x));
    x = F.relu(this.fc2.forward(x));
    return this.out.forward(x);
  }
}
