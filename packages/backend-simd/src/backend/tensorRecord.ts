import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../memory/heap.ts';
import { Storage } from './storage.ts';

export type NumericDataType = 'float32' | 'int32' | 'bool';
export type NumericArray = Float32Array | Int32Array | Uint8Array;

export function isNumeric(dtype: DataType): dtype is NumericDataType {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}

export function bytesPerElement(dtype: NumericDataType): number {
  return dtype === 'bool' ? 1 : 4;
}

/** `values` as the array that a dtype is kept in. tfjs's kernels hand over Float32Array for int32 and the reverse. */
export function toNumericArray(values: backend_util.BackendValues, dtype: NumericDataType): NumericArray {
  const numbers = values as unknown as ArrayLike<number>;
  if (dtype === 'float32') return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
  if (dtype === 'int32') return numbers instanceof Int32Array ? numbers : Int32Array.from(numbers);
  return numbers instanceof Uint8Array ? numbers : Uint8Array.from(numbers);
}

/**
 * What the backend knows of one tensor's data. Numbers live in a storage; strings, the containers of complex numbers, and what a
 * kernel of the `cpu` backend has made, until a kernel here needs it, on the JavaScript side.
 *
 * `values` is what the `cpu` backend's kernels read. It is a view that is made anew when the memory has grown, because
 * growing detaches all older views.
 */
export class TensorRecord {
  readonly dtype: DataType;
  refCount: number;
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  /** Where the numbers are, or undefined while they are on the JavaScript side. */
  storage: Storage | undefined;

  private hostValues: backend_util.BackendValues | undefined;
  private view: NumericArray | undefined;

  constructor(dtype: DataType, refCount: number, content?: backend_util.BackendValues | Storage) {
    this.dtype = dtype;
    this.refCount = refCount;
    if (content instanceof Storage) this.storage = content;
    else this.hostValues = content;
  }

  get values(): backend_util.BackendValues | undefined {
    if (this.storage === undefined) return this.hostValues;
    const { pointer } = this.storage;
    if (this.view === undefined || this.view.buffer !== this.storage.buffer) this.view = this.makeView(pointer);
    return this.view;
  }

  /** Moves the numbers into the memory if they aren't there. */
  settle(heap: Heap): Storage {
    if (this.storage === undefined) {
      const values = this.hostValues as unknown as ArrayLike<number>;
      this.storage = new Storage(heap, values.length * bytesPerElement(this.dtype as NumericDataType));
      this.makeView(this.storage.pointer).set(values);
      this.hostValues = undefined;
    }
    return this.storage;
  }

  private makeView(pointer: number): NumericArray {
    const { buffer, byteLength } = this.storage as Storage;
    if (this.dtype === 'float32') return new Float32Array(buffer, pointer, byteLength / 4);
    if (this.dtype === 'int32') return new Int32Array(buffer, pointer, byteLength / 4);
    return new Uint8Array(buffer, pointer, byteLength);
  }
}
