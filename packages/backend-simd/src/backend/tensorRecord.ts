import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../memory/heap.ts';

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
 * What the backend knows of one tensor's data. Numbers live in the WebAssembly memory at `pointer`; strings, the
 * containers of complex numbers, and what a kernel of the `cpu` backend has made, until a kernel here needs it, on the
 * JavaScript side.
 *
 * `values` is what the `cpu` backend's kernels read. It is a view that is made anew when the memory has grown, because
 * growing detaches all older views.
 */
export class TensorRecord {
  readonly dtype: DataType;
  refCount: number;
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  /** Where the numbers start, or 0 while they are on the JavaScript side. */
  pointer = 0;
  /** How many numbers at `pointer`. */
  size = 0;

  private readonly heap: Heap;
  private hostValues: backend_util.BackendValues | undefined;
  private view: NumericArray | undefined;

  constructor(heap: Heap, dtype: DataType, refCount: number, hostValues?: backend_util.BackendValues) {
    this.heap = heap;
    this.dtype = dtype;
    this.refCount = refCount;
    this.hostValues = hostValues;
  }

  get byteLength(): number {
    return this.size * bytesPerElement(this.dtype as NumericDataType);
  }

  get values(): backend_util.BackendValues | undefined {
    if (this.pointer === 0) return this.hostValues;
    if (this.view === undefined || this.view.buffer !== this.heap.f32.buffer) this.view = this.makeView();
    return this.view;
  }

  /** Reserves room for `size` numbers in the memory. Their values are arbitrary. */
  reserve(size: number): void {
    this.size = size;
    this.pointer = this.heap.allocate(this.byteLength);
  }

  /** Moves the numbers into the memory if they aren't there. */
  settle(): void {
    if (this.pointer !== 0) return;
    const values = this.hostValues as unknown as ArrayLike<number>;
    this.reserve(values.length);
    this.makeView().set(values);
    this.hostValues = undefined;
  }

  private makeView(): NumericArray {
    const { buffer } = this.heap.f32;
    if (this.dtype === 'float32') return new Float32Array(buffer, this.pointer, this.size);
    if (this.dtype === 'int32') return new Int32Array(buffer, this.pointer, this.size);
    return new Uint8Array(buffer, this.pointer, this.size);
  }
}
