import { functional as F, nn, type Tensor } from '@flambeau/core';
import type { FeatureLayer } from '../features/featureLayer.ts';

/**
 * {@link NotesCnn} with batch normalisation between each linear map (convolutions too) and its ReLU: the notes' section
 * 3.1. The maps before it have no bias, because subtracting the batch's mean would cancel it. 33,196 parameters.
 *
 * Shape: images `[N, 1, 28, 28]` → logits `[N, 10]`.
 *
 * @param options.backend - where its parameters are made; the default backend otherwise.
 *
 * @example
 * ```ts
 * const net = new NotesBnCnn();
 * net.eval().forward(images).shape; // [100, 10]
 * ```
 *
 * Source: Ioffe and Szegedy, arXiv 1502.03167.
 */
export class NotesBnCnn extends nn.Module {
  conv1: nn.Conv2d;
  bn1: nn.BatchNorm2d;
  conv2: nn.Conv2d;
  bn2: nn.BatchNorm2d;
  fc1: nn.Linear;
  bn3: nn.BatchNorm1d;
  fc2: nn.Linear;
  bn4: nn.BatchNorm1d;
  out: nn.Linear;

  constructor({ backend }: nn.ModuleOptions = {}) {
    super();
    this.conv1 = new nn.Conv2d(1, 6, 5, { bias: false, backend });
    this.bn1 = new nn.BatchNorm2d(6, { backend });
    this.conv2 = new nn.Conv2d(6, 12, 5, { bias: false, backend });
    this.bn2 = new nn.BatchNorm2d(12, { backend });
    this.fc1 = new nn.Linear(12 * 4 * 4, 120, { bias: false, backend });
    this.bn3 = new nn.BatchNorm1d(120, { backend });
    this.fc2 = new nn.Linear(120, 60, { bias: false, backend });
    this.bn4 = new nn.BatchNorm1d(60, { backend });
    this.out = new nn.Linear(60, 10, { backend });
  }

  forward(images: Tensor): Tensor {
    let x = F.maxPool2d(F.relu(this.bn1.forward(this.conv1.forward(images))), 2);
    x = F.maxPool2d(F.relu(this.bn2.forward(this.conv2.forward(x))), 2);
    x = F.flatten(x, { startDim: 1 });
    x = F.relu(this.bn3.forward(this.fc1.forward(x)));
    x = F.relu(this.bn4.forward(this.fc2.forward(x)));
    return this.out.forward(x);
  }

  /** The layers whose maps and filters are worth a look; what is activated is the batch norm's output. */
  get featureLayers(): readonly FeatureLayer[] {
    return [
      { name: 'conv1', output: this.bn1, filters: this.conv1.weight },
      { name: 'conv2', output: this.bn2, filters: this.conv2.weight },
    ];
  }
}
