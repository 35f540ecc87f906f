import { Variable } from '@tensorflow/tfjs-core';
import { type Backend, backendOf, getDefaultBackend, toHost } from '../backend/backend.ts';
import { internals } from '../backend/engine.ts';
import { convertDType, type DeviceDType } from '../tensor/convertDType.ts';
import { type DType, type HostArray, hostArray } from '../tensor/hostArray.ts';
import { expectShape } from '../tensor/shape.ts';

/** Values that wait to take the place of an entry's present ones. */
export interface StagedValues {
  commit(): void;
  discard(): void;
}

let made = 0;

/** A tensor that a module owns: it outlives every `tidy`, can be assigned to, and stands in the state dict. */
class OwnedTensor extends Variable {
  // TensorFlow.js's Variable takes everything with an `assign` for its instance; a Buffer must not be a Parameter.
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: asked of Parameter, it must answer for Parameter
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }

  constructor(values: HostArray, trainable: boolean, kind: string, backend: Backend) {
    const tensor = backend.tensor(values);
    super(tensor, trainable, `flambeau/${kind}${made++}`, internals().nextTensorId());
    backend.run(() => internals().incRef(this, backend.kernelBackend));
    tensor.dispose();
  }

  /** Reads the values back. */
  async toHost(): Promise<HostArray> {
    return toHost(this);
  }

  /** Takes over values of the same shape, from a state dict: of any element type, converted as PyTorch's `copy_` does. */
  load(values: HostArray, backend: Backend = backendOf(this)): void {
    this.stage(values, backend).commit();
  }

  /** Puts values of the same shape beside the present ones, to take their place later or not. */
  stage(values: HostArray, backend: Backend = backendOf(this)): StagedValues {
    const tensor = backend.tensor(convertDType(values, this.dtype as DeviceDType));
    try {
      expectShape(this.name, 'values', tensor, this.shape);
    } catch (error) {
      tensor.dispose();
      throw error;
    }
    return { commit: () => this.replace(tensor, backend), discard: () => tensor.dispose() };
  }

  /** Moves the values to another backend; the object stays the same, so that optimizers keep hold of it. */
  async to(backend: Backend): Promise<void> {
    if (backend.owns(this)) return;
    const values = await this.toHost();
    this.replace(backend.tensor(values), backend);
  }

  private replace(tensor: ReturnType<Backend['tensor']>, backend: Backend): void {
    backend.run(() => this.assign(tensor));
    tensor.dispose();
  }
}

/**
 * A tensor that is trained (`torch.nn.Parameter`): a field that holds one makes it part of its module's `parameters()`
 * and state dict.
 *
 * @example
 * ```ts
 * class Scale extends nn.Module {
 *   weight = new nn.Parameter(init.ones([1]));
 *   forward(x: Tensor) { return tf.mul(x, this.weight); }
 * }
 * ```
 */
export class Parameter extends OwnedTensor {
  constructor(values: HostArray, options: { backend?: Backend; requiresGrad?: boolean } = {}) {
    super(values, options.requiresGrad ?? true, 'parameter', options.backend ?? getDefaultBackend());
  }

  /** Whether training changes it. */
  get requiresGrad(): boolean {
    return this.trainable;
  }

  set requiresGrad(value: boolean) {
    this.trainable = value;
  }
}

/** A tensor that belongs to the state but is not trained, such as a running mean (`torch.nn.Buffer`). */
export class Buffer extends OwnedTensor {
  constructor(values: HostArray, options: { backend?: Backend } = {}) {
    super(values, false, 'buffer', options.backend ?? getDefaultBackend());
  }
}

/**
 * A whole number in the state dict (int64, shape `[]`, as PyTorch's `num_batches_tracked`) that is kept on the host,
 * where counting costs nothing.
 */
export class Counter {
  value: number;
  readonly dtype: DType = 'int64';
  readonly shape: number[] = [];
  readonly size = 1;

  constructor(value = 0) {
    this.value = value;
  }

  async toHost(): Promise<HostArray> {
    return hostArray('int64', [], BigInt64Array.of(BigInt(this.value)));
  }

  stage(values: HostArray): StagedValues {
    if (values.data.length !== 1) throw new RangeError(`expected one number, got shape [${values.shape.join(', ')}]`);
    const value = values.dtype === 'int64' ? Number(values.data[0]) : convertDType(values, 'int32').data[0];
    return {
      commit: () => {
        this.value = value;
      },
      discard() {},
    };
  }

  async to(): Promise<void> {}

  dispose(): void {}
}

/** What a state dict is made of. */
export type StateEntry = Parameter | Buffer | Counter;

export const isStateEntry = (value: unknown): value is StateEntry =>
  value instanceof Parameter || value instanceof Buffer || value instanceof Counter;
