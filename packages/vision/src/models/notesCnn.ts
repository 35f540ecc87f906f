import { functional as F, nn, type Tensor } from '@flambeau/core';
import type { FeatureLayer } from '../features/featureLayer.ts';

/**
 * The notes' network for FashionMNIST: twice convolution, ReLU and pooling, then three linear maps. 32,998 parameters.
 *
 * | step | layer | output | parameters |
 * | --- | --- | --- | --- |
 * | conv1 | Conv2d(1→6, 5×5), ReLU | `[N, 6, 24, 24]` | 156 |
 * | pool | max 2×2, stride 2 | `[N, 6, 12, 12]` | |
 * | conv2 | Conv2d(6→12, 5×5), ReLU | `[N, 12, 8, 8]` | 1,812 |
 * | pool | max 2×2, stride 2 | `[N, 12, 4, 4]` | |
 * | fc1 | Linear(192→120), ReLU | `[N, 120]` | 23,160 |
 * | fc2 | Linear(120→60), ReLU | `[N, 60]` | 7,260 |
 * | out | Linear(60→10) | `[N, 10]` | 610 |
 *
 * After `manualSeed(s)` its weights are those of the same network in PyTorch after `torch.manual_seed(s)`; its state
 * dict has PyTorch's keys.
 *
 * Shape: images `[N, 1, 28, 28]` → logits `[N, 10]`.
 *
 * @param options.backend - where its parameters are made; the default backend otherwise.
 *
 * @example
 * ```ts
 * manualSeed(0);
 * const net = new NotesCnn();
 * net.forward(images).shape; // [100, 10]
 * ```
 */
export class NotesCnn extends nn.Module {
  conv1: nn.Conv2d;
  conv2: nn.Conv2d;
  fc1: nn.Linear;
  fc2: nn.Linear;
  out: nn.Linear;

  constructor({ backend }: nn.ModuleOptions = {}) {
    super();
    this.conv1 = new nn.Conv2d(1, 6, 5, { backend });
    this.conv2 = new nn.Conv2d(6, 12, 5, { backend });
    this.fc1 = new nn.Linear(12 * 4 * 4, 120, { backend });
    this.fc2 = new nn.Linear(120, 60, { backend });
    this.out = new nn.Linear(60, 10, { backend });
  }

  forward(images: Tensor): Tensor {
    let x = F.maxPool2d(F.relu(this.conv1.forward(images)), 2);
    x = F.maxPool2d(F.relu(this.conv2.forward(x)), 2);
    x = F.flatten(x, { startDim: 1 });
    x = F.relu(this.fc1.forward(x));
    x = F.relu(this.fc2.forward(x));
    return this.out.forward(x);
  }

  /** The layers whose maps and filters are worth a look. */
  get featureLayers(): readonly FeatureLayer[] {
    return [
      { name: 'conv1', output: this.conv1, filters: this.conv1.weight },
      { name: 'conv2', output: this.conv2, filters: this.conv2.weight },
    ];
  }
}
