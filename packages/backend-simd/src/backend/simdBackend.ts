import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { backend_util, type DataType, engine, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { Heap, type HeapOptions } from '../memory/heap.ts';
import type { KernelFunction } from '../threads/control.ts';
import { boundsOf, planSplit, type Split } from '../threads/split.ts';
import { ThreadPool } from '../threads/threadPool.ts';
import { instantiateKernels, kernelModule } from '../wasm/instantiate.ts';
import type { KernelExports } from '../wasm/kernels.generated.ts';
import { fusesMultiplyAdd } from '../wasm/relaxed.ts';
import { type Deferred, Storage } from './storage.ts';
import { bytesPerElement, isNumeric, type NumericDataType, TensorRecord, toNumericArray } from './tensorRecord.ts';

type DataId = TensorInfo['dataId'];

/** What `tf.memory()` says while this backend is active, beside tfjs's own counts. */
export interface SimdMemoryInfo {
  unreliable: boolean;
  reasons: string[];
  /** Bytes of the WebAssembly memory that tensors occupy, block sizes rounded up. */
  numBytesInUse: number;
  /** Blocks of the WebAssembly memory that tensors occupy. */
  numBlocksInUse: number;
  /** What the WebAssembly memory has grown to; it never shrinks. */
  numBytesOfMemory: number;
  /** What it may grow to. */
  maxBytesOfMemory: number;
}

export interface SimdEngineOptions extends Omit<HeapOptions, 'shared'> {
  /** How many threads compute, the calling one included; more than 1 need shared memory. Default: 1. */
  threads?: number;
  /** Computes with fused multiply-adds, which are faster. Default: where engine and machine have them. */
  relaxedSimd?: boolean;
  /** Cuts even the smallest kernel, and leaves each part to its own thread. For tests. Default: false. */
  splitAlways?: boolean;
  /** How long a thread may be waited for, in milliseconds. For tests. Default: 20 s, or ten times a kernel's own time. */
  threadPatienceMs?: number;
}

let nextDataId = 0;

/**
 * A TensorFlow.js backend whose tensors live in one WebAssembly memory, so that its kernels work in place.
 *
 * It extends the `cpu` backend, whose kernels it runs where it has none of its own: they see each tensor's `values` as a
 * view of the memory. While such a kernel runs (`onHost`) nothing is allocated in the memory: growing it would detach the
 * views that the kernel holds. What the kernel makes stays on the JavaScript side until a kernel of this backend needs it,
 * so it behaves as on the `cpu` backend, down to kernels that read what they have disposed of.
 */
export class SimdBackend extends MathBackendCPU {
  readonly heap: Heap;
  readonly wasm: KernelExports;
  readonly threads: number;

  private readonly pool: ThreadPool | undefined;
  private readonly splitAlways: boolean;
  /** Each kernel's place among the exports. */
  private readonly kernelNumbers: ReadonlyMap<string, number>;
  private hostDepth = 0;
  /** What the running kernel has made. */
  private outputs: DataId[] = [];

  constructor(options: SimdEngineOptions = {}) {
    super();
    const { threads = 1, splitAlways = false, threadPatienceMs } = options;
    this.threads = threads;
    this.splitAlways = splitAlways;
    this.heap = new Heap({ ...options, shared: threads > 1 });
    const module = kernelModule({ shared: threads > 1, relaxed: options.relaxedSimd !== false && fusesMultiplyAdd() });
    const { memory } = this.heap;
    this.wasm = instantiateKernels(module, memory);
    this.kernelNumbers = new Map(Object.keys(this.wasm).map((name, index) => [name, index]));
    if (threads > 1) {
      const functions = Object.values(this.wasm) as KernelFunction[];
      this.pool = new ThreadPool({
        ...{ threads, module, memory, functions },
        ...{ takesOver: !splitAlways, patienceMs: threadPatienceMs },
      });
    }
  }

  // ——— For the kernels ———

  /** Runs a kernel of this backend; if it throws, out of memory halfway, what it has made is freed. */
  runOwn<T>(kernel: () => T): T {
    this.pool?.assertWhole();
    const outer = this.outputs;
    this.outputs = [];
    try {
      return kernel();
    } catch (error) {
      for (const dataId of this.outputs) this.disposeData(dataId, true);
      throw error;
    } finally {
      this.outputs = outer;
    }
  }

  /**
   * How the range [0, count) of a kernel is cut for the threads.
   *
   * @param nanoseconds about what it takes on one thread
   * @param grain parts start at multiples of it; 16 for single floats, a cache line
   */
  split(count: number, nanoseconds: number, grain = 1): Split {
    return planSplit(count, nanoseconds, grain, this.threads, this.splitAlways);
  }

  /**
   * Runs a kernel of the binary, on several threads where `split` says so. Nothing may be allocated or freed meanwhile.
   *
   * @param args as for the whole range: 0 and `split.count` where its begin and end belong
   * @param rangeAt where that is
   * @param moving arguments that go up from part to part (scratch memory of their own): [place, step]
   */
  run<Name extends keyof KernelExports>(
    name: Name,
    split: Split,
    args: Parameters<KernelExports[Name]>,
    rangeAt = args.length - 2,
    moving: readonly (readonly [number, number])[] = [],
  ): void {
    if (split.parts === 1 || this.pool === undefined) {
      (this.wasm[name] as (...args: Parameters<KernelExports[Name]>) => unknown)(...args);
      return;
    }
    const kernel = this.kernelNumbers.get(name)!;
    this.pool.run({ kernel, args, rangeAt, bounds: boundsOf(split), moving });
  }

  /** A new tensor, its values arbitrary: the kernel must write every one. */
  output(shape: number[], dtype: NumericDataType): TensorInfo {
    return this.tensorOf(new Storage(this.heap, util.sizeFromShape(shape) * bytesPerElement(dtype)), shape, dtype);
  }

  /** A new tensor of floats that is computed when someone asks for its numbers. */
  deferred(shape: number[], deferred: Deferred): TensorInfo {
    return this.tensorOf(new Storage(this.heap, util.sizeFromShape(shape) * 4, deferred), shape, 'float32');
  }

  /** A new tensor of numbers that are there; it holds them from now on. */
  tensorOf(storage: Storage, shape: number[], dtype: NumericDataType): TensorInfo {
    const dataId = this.add(new TensorRecord(dtype, 1, storage));
    this.outputs.push(dataId);
    return { dataId, shape, dtype };
  }

  /** Where a tensor's numbers are, or the way to them. */
  storage(tensor: TensorInfo): Storage {
    return this.record(tensor.dataId).settle(this.heap);
  }

  /** Where a tensor's numbers start. */
  pointer(tensor: TensorInfo): number {
    return this.storage(tensor).pointer;
  }

  /** Computes a tensor that has been deferred: from here on its numbers can be asked for in the middle of something else. */
  compute(tensor: TensorInfo): void {
    const { storage } = this.record(tensor.dataId);
    if (storage?.deferred !== undefined) storage.pointer;
  }

  /** A tensor's numbers. Valid until the next allocation. */
  values<T extends Float32Array | Int32Array | Uint8Array>(tensor: TensorInfo): T {
    return this.record(tensor.dataId).values as unknown as T;
  }

  /** The same data under another shape. */
  alias(tensor: TensorInfo, shape: number[] = tensor.shape): TensorInfo {
    this.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
  }

  /** Runs a kernel of the `cpu` backend. */
  onHost<T>(kernel: () => T): T {
    this.hostDepth++;
    try {
      return kernel();
    } finally {
      this.hostDepth--;
    }
  }

  /**
   * Takes over what a `cpu` kernel returns. Such a kernel may hand out integers as the data of a float tensor (its casts only
   * rename): here the bytes have to be what the dtype says.
   */
  adopt(tensor: TensorInfo): TensorInfo {
    const { dtype } = tensor;
    const record = this.record(tensor.dataId);
    if (record.dtype === dtype || !isNumeric(dtype) || !isNumeric(record.dtype)) return tensor;
    const values = toNumericArray(record.values as backend_util.BackendValues, dtype);
    const converted = this.makeTensorInfo(tensor.shape, dtype, values);
    this.disposeIntermediateTensorInfo(tensor);
    return converted;
  }

  /**
   * Where a tensor's numbers start, for a kernel that changes them in place. Data that others share
   * (`clone`, `reshape`, the tensor that a variable was made from, a deferred computation) is copied first, and the tensor keeps the copy.
   */
  writablePointer(tensor: TensorInfo): number {
    const storage = this.storage(tensor);
    const { pointer } = storage;
    if (this.refCount(tensor.dataId) === 1 && !storage.isShared) return pointer;
    const copy = this.output(tensor.shape, tensor.dtype as NumericDataType);
    const target = this.pointer(copy);
    // `output` may have grown the memory: the source's view is taken now.
    this.heap.u8.copyWithin(target, pointer, pointer + storage.byteLength);
    this.replaceData(tensor, copy);
    // The tensor's own from here on, whatever becomes of the kernel.
    this.outputs = this.outputs.filter((dataId) => dataId !== copy.dataId);
    return target;
  }

  /** Exchanges the data of `tensor` and of a new tensor, then disposes of the new one: every count of tfjs's stays right. */
  private replaceData(tensor: TensorInfo, copy: TensorInfo): void {
    const shared = engine().makeTensorFromTensorInfo(copy, this);
    shared.dataId = tensor.dataId;
    tensor.dataId = copy.dataId;
    shared.dispose();
  }

  private record(dataId: DataId): TensorRecord {
    return this.data.get(dataId) as TensorRecord;
  }

  private add(record: TensorRecord): DataId {
    const dataId = { id: nextDataId++ };
    this.data.set(dataId, record as never);
    return dataId;
  }

  // ——— What tfjs asks of a backend ———

  override write(values: backend_util.BackendValues, _shape: number[], dtype: DataType): DataId {
    return this.add(this.recordOf(values, dtype, 1, true));
  }

  override move(
    dataId: DataId,
    values: backend_util.BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    const record = this.recordOf(values, dtype, refCount, false);
    if (dtype === 'complex64') {
      const parts = backend_util.splitRealAndImagArrays(values as Float32Array);
      record.complexTensorInfos = {
        real: this.makeTensorInfo(shape, 'float32', parts.real),
        imag: this.makeTensorInfo(shape, 'float32', parts.imag),
      };
    }
    this.data.set(dataId, record as never);
  }

  /** `owned`: the caller, if it is a kernel, gives the array away. */
  private recordOf(
    values: backend_util.BackendValues,
    dtype: DataType,
    refCount: number,
    owned: boolean,
  ): TensorRecord {
    if (!isNumeric(dtype) || values == null) return new TensorRecord(dtype, refCount, values ?? undefined);
    if (this.hostDepth > 0) {
      const array = toNumericArray(values, dtype);
      const isView = array.buffer === this.heap.f32.buffer;
      return new TensorRecord(dtype, refCount, isView || !owned ? array.slice() : array);
    }
    const record = new TensorRecord(dtype, refCount, values);
    record.settle(this.heap);
    return record;
  }

  override readSync(dataId: DataId): backend_util.BackendValues {
    const record = this.record(dataId);
    if (record.dtype === 'complex64') {
      const { real, imag } = record.complexTensorInfos!;
      return backend_util.mergeRealAndImagArrays(
        this.readSync(real.dataId) as Float32Array,
        this.readSync(imag.dataId) as Float32Array,
      );
    }
    const values = record.values as backend_util.BackendValues;
    // A copy: a view would change with the memory, and browsers refuse views of shared memory in many places.
    return isNumeric(record.dtype) ? (values as Float32Array).slice() : values;
  }

  override async read(dataId: DataId): Promise<backend_util.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const record = this.record(dataId);
    record.refCount--;
    if (!force && record.refCount > 0) return false;
    if (record.complexTensorInfos) {
      this.disposeData(record.complexTensorInfos.real.dataId, true);
      this.disposeData(record.complexTensorInfos.imag.dataId, true);
    }
    this.data.delete(dataId);
    record.storage?.release();
    return true;
  }

  override dispose(): void {
    this.pool?.dispose();
  }

  override memory(): SimdMemoryInfo {
    return {
      unreliable: false,
      reasons: [],
      numBytesInUse: this.heap.usedBytes,
      numBlocksInUse: this.heap.usedBlocks,
      numBytesOfMemory: this.heap.memoryBytes,
      maxBytesOfMemory: this.heap.maxMemoryBytes,
    };
  }
}
