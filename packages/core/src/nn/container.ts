import type { Tensor } from '@tensorflow/tfjs-core';
import { Module } from './module.ts';

/** A module from one tensor to one tensor, as a {@link Sequential} strings together. */
export type TensorModule = Module & { forward(input: Tensor): Tensor };

/**
 * Modules one after the other; their names are their positions ("0", "1", …), as PyTorch's.
 *
 * @example
 * ```ts
 * const net = new nn.Sequential(new nn.Conv2d(1, 6, 5), new nn.ReLU(), new nn.MaxPool2d(2));
 * net.at(0); // the convolution
 * ```
 */
export class Sequential extends Module {
  readonly #layers: readonly TensorModule[];

  constructor(...layers: TensorModule[]) {
    super();
    this.#layers = layers;
  }

  /** The layer at a position; negative ones count from the end. */
  at(index: number): TensorModule | undefined {
    return this.#layers.at(index);
  }

  get length(): number {
    return this.#layers.length;
  }

  [Symbol.iterator](): IterableIterator<TensorModule> {
    return this.#layers.values();
  }

  override namedChildren(): Map<string, Module> {
    return new Map(this.#layers.map((layer, position) => [`${position}`, layer]));
  }

  forward(input: Tensor): Tensor {
    let output = input;
    for (const layer of this.#layers) output = layer.forward(output);
    return output;
  }
}
