import { createBackend, functional as F, nn, setDefaultBackend, summary, type Tensor } from '@flambeau/core';

setDefaultBackend(await createBackend('simd'));

class NotesCnn extends nn.Module {
  conv1 = new nn.Conv2d(1, 6, 5);
  conv2 = new nn.Conv2d(6, 12, 5);
  fc1 = new nn.Linear(12 * 4 * 4, 120);
  fc2 = new nn.Linear(120, 60);
  out = new nn.Linear(60, 10);

  forward(x: Tensor): Tensor {
    x = F.maxPool2d(F.relu(this.conv1.forward(x)), 2);
    x = F.maxPool2d(F.relu(this.conv2.forward(x)), 2);
    x = F.flatten(x, { startDim: 1 });
    x = F.relu(this.fc1.forward(x));
    x = F.relu(this.fc2.forward(x));
    return this.out.forward(x);
  }
}

console.log(summary(new NotesCnn(), [100, 1, 28, 28]).toString());
