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

/**
 * Modules in a list, which a plain array would hide from the model; what their `forward`s do is up to the model. Their
 * names are their positions.
 *
 * @example
 * ```ts
 * class Tower extends nn.Module {
 *   layers = new nn.ModuleList([1, 2, 3].map(() => new nn.Linear(10, 10)));
 *   forward(x: Tensor): Tensor {
 *     for (const layer of this.layers) x = F.relu(layer.forward(x));
 *     return x;
 *   }
 * }
 * ```
 */
export class ModuleList<Item extends Module = Module> extends Module {
  readonly #items: Item[];

  constructor(items: Iterable<Item> = []) {
    super();
    this.#items = [...items];
  }

  /** The module at a position; negative ones count from the end. */
  at(index: number): Item | undefined {
    return this.#items.at(index);
  }

  append(item: Item): this {
    this.#items.push(item);
    return this;
  }

  get length(): number {
    return this.#items.length;
  }

  [Symbol.iterator](): IterableIterator<Item> {
    return this.#items.values();
  }

  override namedChildren(): Map<string, Module> {
    return new Map(this.#items.map((item, position) => [`${position}`, item]));
  }

  /** A list has no order of computation: always throws. */
  forward(): never {
    throw new Error(`${this.label}: a ModuleList has no forward: call its modules`);
  }
}

/**
 * Modules by name, which a plain object would hide from the model. The names stand in state dicts as they are.
 *
 * @example
 * ```ts
 * activations = new nn.ModuleDict({ relu: new nn.ReLU(), gelu: new nn.GELU() });
 * ```
 */
export class ModuleDict<Item extends Module = Module> extends Module {
  readonly #items = new Map<string, Item>();

  /** @throws {RangeError} if a name is empty or has a dot, which state dicts could not hold. */
  constructor(items: Readonly<Record<string, Item>> | Iterable<readonly [string, Item]> = {}) {
    super();
    const entries = Symbol.iterator in items ? (items as Iterable<readonly [string, Item]>) : Object.entries(items);
    for (const [name, item] of entries) this.set(name, item);
  }

  get(name: string): Item | undefined {
    return this.#items.get(name);
  }

  set(name: string, item: Item): this {
    if (name === '' || name.includes('.')) {
      throw new RangeError(`ModuleDict: expected a name without a dot, got '${name}'`);
    }
    this.#items.set(name, item);
    return this;
  }

  has(name: string): boolean {
    return this.#items.has(name);
  }

  keys(): IterableIterator<string> {
    return this.#items.keys();
  }

  values(): IterableIterator<Item> {
    return this.#items.values();
  }

  [Symbol.iterator](): IterableIterator<[string, Item]> {
    return this.#items.entries();
  }

  get length(): number {
    return this.#items.size;
  }

  override namedChildren(): Map<string, Module> {
    return new Map(this.#items);
  }

  protected override stateKeyOf(name: string): string {
    return name;
  }

  /** Names have no order of computation: always throws. */
  forward(): never {
    throw new Error(`${this.label}: a ModuleDict has no forward: call its modules`);
  }
}
