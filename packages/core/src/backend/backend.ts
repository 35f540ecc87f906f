import { type KernelBackend, type Tensor, tensor as tfTensor } from '@tensorflow/tfjs-core';
import { type DType, type HostArray, hostArray } from '../tensor/hostArray.ts';
import { internals, kernelBackendOf } from './engine.ts';
import { BackendLostError, type OpenedBackend } from './provider.ts';
import './tfjsGradients.generated.js';
import './mendedGradients.ts';

/** What a backend can do; `false` means that the feature is refused by name, never emulated silently. */
export interface BackendCapabilities {
  /** Tensors can be read without waiting (`dataSync`). Not so on WebGPU. */
  readonly synchronousReads: boolean;
  /** The device is a real GPU, and not a software rasterizer. */
  readonly gpu: boolean;
  /**
   * An array that a tensor is made of is copied at once. Default: false, since most backends keep the array, some for good
   * and some until its first use; core then copies it for them.
   */
  readonly copiesArrays?: boolean;
}

/**
 * A place where tensors live and are computed, as `torch.device` is one: a value that is passed as `{ backend }`, set as
 * the default by {@link setDefaultBackend}, and given to `model.to(backend)`.
 *
 * TensorFlow.js has one ambient backend and moves tensors between backends without a word. Every operation of this
 * package therefore runs on the backend of its inputs ({@link Backend.run}), puts the ambient one back afterwards, and
 * refuses inputs of two backends.
 */
export class Backend {
  /** The provider's name: `'simd'`, `'webgpu'`, `'cpu'`, … */
  readonly name: string;
  /** The device in words, e.g. `CPU · WebAssembly relaxed SIMD · 2 threads`. */
  readonly device: string;
  /** The name under which TensorFlow.js knows this backend (`tf.setBackend(backend.tfName)`). */
  readonly tfName: string;
  readonly capabilities: BackendCapabilities;
  private lossReason: string | undefined;

  constructor(options: OpenedBackend & { readonly name: string }) {
    this.name = options.name;
    this.device = options.device;
    this.tfName = options.tfName;
    this.capabilities = options.capabilities;
    byKernelBackend.set(this.kernelBackend, this);
    void options.lost?.then((reason) => {
      this.lossReason = reason;
    });
  }

  /** TensorFlow.js's object behind this backend. */
  get kernelBackend(): KernelBackend {
    const backend = internals().registry[this.tfName];
    if (backend === undefined) throw new Error(`backend '${this.name}' has been removed from TensorFlow.js`);
    return backend;
  }

  /**
   * Runs `f` with this backend as TensorFlow.js's ambient one, and puts the previous one back, also when `f` throws.
   * `f` must be synchronous: two training loops may take turns at each `await`.
   *
   * @throws {BackendLostError} if the device is gone.
   */
  run<T>(f: () => T): T {
    if (this.lossReason !== undefined) throw this.lossError(this.lossReason);
    const engine = internals();
    const previous = engine.backendName;
    if (previous === this.tfName) return f();
    // For an initialised backend TensorFlow.js's setBackend does all its work before it returns its promise.
    void engine.setBackend(this.tfName);
    try {
      return f();
    } finally {
      if (previous != null) void engine.setBackend(previous);
    }
  }

  /**
   * Puts a copy of an array on this backend, as `torch.tensor(data, device=…)`: floats as float32, integers as int32,
   * bool as bool.
   *
   * @throws {TypeError} for 16-bit floats; {RangeError} for an integer beyond int32.
   */
  tensor(array: HostArray): Tensor {
    const data = deviceData(array, this.capabilities.copiesArrays === true);
    return this.run(() => tfTensor(data, [...array.shape], deviceType(array.dtype)));
  }

  /**
   * Waits for something to be read from the device.
   *
   * @throws {BackendLostError} if the device went meanwhile.
   */
  async reading<T>(read: Promise<T>): Promise<T> {
    try {
      return await read;
    } catch (error) {
      // The device's own news may come a moment after the read has failed.
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (this.lossReason !== undefined) throw this.lossError(this.lossReason, error);
      throw error;
    }
  }

  private lossError(reason: string, cause?: unknown): BackendLostError {
    const sentence = `the device of backend '${this.name}' was lost (${reason}): open it anew by createBackend('${this.name}') and go on from the last checkpoint`;
    return new BackendLostError(sentence, { cause });
  }

  /** Whether this backend holds the tensor's values. */
  owns(tensor: Tensor): boolean {
    return kernelBackendOf(tensor) === this.kernelBackend;
  }

  toString(): string {
    return `${this.name} (${this.device})`;
  }
}

const byKernelBackend = new WeakMap<KernelBackend, Backend>();
let defaultBackend: Backend | undefined;

/**
 * Sets the backend on which modules and tensors are made unless they are told otherwise, as
 * `torch.set_default_device`. It becomes TensorFlow.js's ambient backend too, so that plain `tf` calls agree.
 */
export function setDefaultBackend(backend: Backend): void {
  defaultBackend = backend;
  void internals().setBackend(backend.tfName);
}

/** The backend set by {@link setDefaultBackend}. Throws if there is none. */
export function getDefaultBackend(): Backend {
  if (defaultBackend === undefined) {
    throw new Error('no backend has been chosen: call setDefaultBackend(await createBackend()) first');
  }
  return defaultBackend;
}

/** The backend of a tensor; one that was set up by plain TensorFlow.js code is wrapped under its own name. */
export function backendOf(tensor: Tensor): Backend {
  const kernelBackend = kernelBackendOf(tensor);
  const known = byKernelBackend.get(kernelBackend);
  if (known !== undefined) return known;
  const found = Object.entries(internals().registry).find(([, candidate]) => candidate === kernelBackend);
  if (found === undefined) throw new Error('the tensor belongs to a backend that TensorFlow.js no longer has');
  const tfName = found[0];
  const capabilities = { synchronousReads: tfName !== 'webgpu', gpu: false };
  return new Backend({ name: tfName, device: `TensorFlow.js '${tfName}'`, tfName, capabilities });
}

/** The one backend of all `tensors`; throws a sentence that names both when they are of two. */
export function commonBackend(operation: string, tensors: readonly (Tensor | null | undefined)[]): Backend {
  let first: Tensor | undefined;
  let common: KernelBackend | undefined;
  for (const tensor of tensors) {
    if (tensor === null || tensor === undefined) continue;
    const backend = kernelBackendOf(tensor);
    if (common === undefined) {
      first = tensor;
      common = backend;
    } else if (backend !== common) {
      throw new Error(
        `${operation}: expected all tensors on one backend, got one on '${backendOf(first!).name}' and one on ` +
          `'${backendOf(tensor).name}'; move one with .to(backend)`,
      );
    }
  }
  if (first === undefined) throw new Error(`${operation}: expected at least one tensor`);
  return backendOf(first);
}

/** Reads a tensor back, asynchronously, as `tensor.cpu()` does. The array is the caller's own. */
export async function toHost(tensor: Tensor): Promise<HostArray<'float32'> | HostArray<'int32'> | HostArray<'bool'>> {
  // Copied: TensorFlow.js's CPU backend hands out the very array in which it keeps the tensor, which for a tensor cast
  // to float32 may still be one of integers.
  const data = await backendOf(tensor).reading(tensor.data());
  switch (tensor.dtype) {
    case 'float32':
      return hostArray('float32', tensor.shape, Float32Array.from(data));
    case 'int32':
      return hostArray('int32', tensor.shape, Int32Array.from(data));
    case 'bool':
      return hostArray('bool', tensor.shape, Uint8Array.from(data));
    default:
      throw new Error(`a tensor of type ${tensor.dtype} has no host array`);
  }
}

function deviceType(dtype: DType): 'float32' | 'int32' | 'bool' {
  if (dtype === 'bool') return 'bool';
  return dtype === 'float32' || dtype === 'float64' ? 'float32' : 'int32';
}

/** The array as TensorFlow.js wants it: one that nobody else has, unless the backend makes its own copy anyway. */
function deviceData(array: HostArray, copiesArrays: boolean): Float32Array | Int32Array | Uint8Array {
  const { dtype, data } = array;
  switch (dtype) {
    case 'float32':
      return copiesArrays ? (data as Float32Array) : (data as Float32Array).slice();
    case 'float64':
      return Float32Array.from(data as Float64Array);
    case 'int32':
      return (data as Int32Array).slice();
    case 'bool':
      return (data as Uint8Array).slice();
    case 'int64':
    case 'uint64':
      return Int32Array.from(data as BigInt64Array | BigUint64Array, toInt32);
    case 'float16':
    case 'bfloat16':
      throw new TypeError(`TensorFlow.js has no ${dtype} tensors: convert the array to float32 first`);
    default:
      return Int32Array.from(data as Uint8Array | Int8Array | Int16Array | Uint16Array | Uint32Array, toInt32);
  }
}

function toInt32(value: number | bigint): number {
  const number = Number(value);
  if (number > 2147483647 || number < -2147483648) {
    throw new RangeError(`${value} does not fit TensorFlow.js's widest integer, int32`);
  }
  return number;
}
