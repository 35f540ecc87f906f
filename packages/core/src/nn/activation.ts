import type { Tensor } from '@tensorflow/tfjs-core';
import * as F from '../functional/activation.ts';
import { Module } from './module.ts';

/** ReLU(x) = max(0, x), element by element. Shape: any → the same. */
export class ReLU extends Module {
  forward(input: Tensor): Tensor {
    return F.relu(input);
  }
}

/** LeakyReLU(x) = x where x > 0, negativeSlope·x elsewhere. Shape: any → the same. */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  /** @param options.negativeSlope - default 0.01. */
  constructor({ negativeSlope = 0.01 }: { readonly negativeSlope?: number } = {}) {
    super();
    this.negativeSlope = negativeSlope;
  }

  forward(input: Tensor): Tensor {
    return F.leakyRelu(input, this);
  }

  override extraRepr(): string {
    return `negativeSlope=${this.negativeSlope}`;
  }
}

/** GELU(x) = x·Φ(x); {@link F.gelu} has its approximation. Shape: any → the same. */
export class GELU extends Module {
  readonly approximate: 'none' | 'tanh';

  constructor({ approximate = 'none' }: F.GeluOptions = {}) {
    super();
    this.approximate = approximate;
  }

  forward(input: Tensor): Tensor {
    return F.gelu(input, this);
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

/** SiLU(x) = x·σ(x). Shape: any → the same. */
export class SiLU extends Module {
  forward(input: Tensor): Tensor {
    return F.silu(input);
  }
}

/** σ(x) = 1/(1 + e^−x). Shape: any → the same. */
export class Sigmoid extends Module {
  forward(input: Tensor): Tensor {
    return F.sigmoid(input);
  }
}

/** tanh(x). Shape: any → the same. */
export class Tanh extends Module {
  forward(input: Tensor): Tensor {
    return F.tanh(input);
  }
}

/**
 * softmax(x)ᵢ = exp(xᵢ)/Σⱼ exp(xⱼ) along dimension `dim`. Shape: any → the same.
 *
 * Not before {@link CrossEntropyLoss}, which has its own.
 */
export class Softmax extends Module {
  readonly dim: number;

  /** @param dim - the dimension that sums to 1; negative ones count from the end. */
  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  forward(input: Tensor): Tensor {
    return F.softmax(input, this);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** log(softmax(x)) along dimension `dim`, without overflow: what {@link NLLLoss} takes. Shape: any → the same. */
export class LogSoftmax extends Module {
  readonly dim: number;

  /** @param dim - the dimension whose exponentials sum to 1; negative ones count from the end. */
  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  forward(input: Tensor): Tensor {
    return F.logSoftmax(input, this);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** Gives back what it is given: a place to leave empty. Shape: any → the same. */
export class Identity extends Module {
  forward(input: Tensor): Tensor {
    return input;
  }
}
