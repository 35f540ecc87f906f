import { functional as F, nn, type Tensor } from '@flambeau/core';
import { NotesCnn } from './notesCnn.ts';

/** Where the parameters are made, and how much is dropped. */
export interface NotesDropoutCnnOptions extends nn.ModuleOptions {
  /** The probability of each hidden unit to be left out of a training step. Default 0.2. */
  readonly p?: number;
}

/**
 * {@link NotesCnn} with dropout after the ReLU of `fc1` and of `fc2`: the notes' section 3.2. While training, each of
 * their 180 units becomes 0 with probability p and the others grow by 1/(1 − p); in evaluation it is NotesCnn itself,
 * whose state dict it shares. 32,998 parameters.
 *
 * Shape: images `[N, 1, 28, 28]` → logits `[N, 10]`.
 *
 * @param options.p - the probability to be dropped.
 * @param options.backend - where its parameters are made; the default backend otherwise.
 *
 * @example
 * ```ts
 * const net = new NotesDropoutCnn({ p: 0.5 });
 * net.forward(images); // another result each time
 * net.eval().forward(images); // always the same
 * ```
 *
 * Source: Hinton et al., arXiv 1207.0580.
 */
export class NotesDropoutCnn extends NotesCnn {
  dropout: nn.Dropout;

  constructor({ p = 0.2, ...options }: NotesDropoutCnnOptions = {}) {
    super(options);
    this.dropout = new nn.Dropout(p);
  }

  override forward(images: Tensor): Tensor {
    let x = F.maxPool2d(F.relu(this.conv1.forward(images)), 2);
    x = F.maxPool2d(F.relu(this.conv2.forward(x)), 2);
    x = F.flatten(x, { startDim: 1 });
    x = this.dropout.forward(F.relu(this.fc1.forward(x)));
    x = this.dropout.forward(F.relu(this.fc2.forward(x)));
    return this.out.forward(x);
  }
}
