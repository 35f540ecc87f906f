import type { DType, HostArray, HostData } from '../../tensor/hostArray.ts';
import { copyElements, countElements, gather, TYPED_ARRAYS } from '../elements.ts';
import { excerpt, excerptOfJson } from '../excerpt.ts';
import { COST, type MemoryBudget } from './budget.ts';
import { refuse } from './torchFileError.ts';
import { describe, isArguments, isGlobal, isStorage, type StackValue, type TorchStorage } from './values.ts';

// As in PyTorch.
const MAX_DIMENSIONS = 64;

function whole(value: StackValue, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    const given = typeof value === 'number' || typeof value === 'bigint' ? `${value}` : describe(value);
    return refuse(`${what} is ${given}, expected a whole number from 0 to 2⁵³ − 1`);
  }
  return value;
}

function wholes(value: StackValue, what: string): number[] {
  if (!Array.isArray(value) || value.length > MAX_DIMENSIONS) {
    return refuse(`${what} is ${describe(value)}, expected a tuple of at most ${MAX_DIMENSIONS} whole numbers`);
  }
  return value.map((side) => whole(side, what));
}

/** The storages of a file, and the tensors cut out of them. */
export class Storages {
  readonly #read: (key: string) => Uint8Array | undefined;
  readonly #bigEndian: boolean;
  readonly #budget: MemoryBudget;
  readonly #named = new Map<string, TorchStorage>();
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #tensors = new Map<string, HostArray>();

  /** @param read - the bytes of `data/<key>`, or undefined if the file has none. */
  constructor(read: (key: string) => Uint8Array | undefined, bigEndian: boolean, budget: MemoryBudget) {
    this.#read = read;
    this.#bigEndian = bigEndian;
    this.#budget = budget;
  }

  /** What `('storage', torch.FloatStorage, '0', 'cpu', 156)` stands for. */
  find(id: StackValue): TorchStorage {
    if (!isArguments(id) || id.items.length !== 5 || id.items[0] !== 'storage') {
      return refuse('a persistent id names something else, expected a storage');
    }
    const [, type, key, , size] = id.items;
    if (!isGlobal(type!) || type.dtype === undefined || typeof key !== 'string') {
      return refuse('a storage has no type or key, expected both');
    }
    const length = whole(size!, `the length of storage '${excerpt(key)}'`);
    const known = this.#named.get(key);
    if (known) {
      if (known.dtype !== type.dtype || known.length !== length) {
        refuse(`storage '${excerpt(key)}' is named with two types or lengths, expected one`);
      }
      return known;
    }
    const bytes = this.#read(key) ?? refuse(`storage '${excerpt(key)}' is missing from the file`);
    const expected = length * (type.dtype === 'bytes' ? 1 : TYPED_ARRAYS[type.dtype].BYTES_PER_ELEMENT);
    if (bytes.length !== expected) {
      refuse(`storage '${excerpt(key)}' has ${bytes.length} bytes in the file, expected ${expected}`);
    }
    const storage: TorchStorage = { kind: 'storage', key, dtype: type.dtype, length };
    this.#named.set(key, storage);
    this.#bytes.set(key, bytes);
    return storage;
  }

  /**
   * `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)`: a contiguous copy.
   * Two tensors that are the same view of one storage (tied weights) are one array.
   */
  rebuild(args: readonly StackValue[], givenDtype?: DType): HostArray {
    const [storage, firstElement, size, stride] = args;
    if (storage === undefined || !isStorage(storage)) {
      return refuse(`a tensor is made of ${storage === undefined ? 'nothing' : describe(storage)}, expected a storage`);
    }
    const dtype = givenDtype ?? storage.dtype;
    if (dtype === 'bytes') return refuse(`storage '${excerpt(storage.key)}' has no element type, expected one`);
    const offset = whole(firstElement ?? null, "a tensor's offset");
    const shape = wholes(size ?? null, "a tensor's shape");
    const strides = wholes(stride ?? null, "a tensor's strides");
    if (shape.length !== strides.length) {
      refuse(
        `a tensor has shape ${excerptOfJson(shape)} and strides ${excerptOfJson(strides)}, expected as many of both`,
      );
    }
    const id = JSON.stringify([storage.key, dtype, offset, shape, strides]);
    const known = this.#tensors.get(id);
    if (known) return known;
    this.#budget.take(COST.tensor, 'a tensor');
    const tensor = { dtype, shape, data: this.#copy(storage, dtype, offset, shape, strides) };
    this.#tensors.set(id, tensor);
    return tensor;
  }

  #copy(
    storage: TorchStorage,
    dtype: DType,
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ): HostData[DType] {
    const itemBytes = TYPED_ARRAYS[dtype].BYTES_PER_ELEMENT;
    const held = storage.dtype === 'bytes' ? Math.floor(storage.length / itemBytes) : storage.length;
    const count = countElements(shape);
    if (count === 0) return new TYPED_ARRAYS[dtype](0);
    const reach = shape.reduce((end, side, axis) => end + (side - 1) * strides[axis]!, offset) + 1;
    if (count === undefined || reach > held) {
      return refuse(
        `a tensor of shape ${excerptOfJson(shape)} reaches element ${reach} of storage '${excerpt(storage.key)}', expected at most ${held}`,
      );
    }
    const span = reach - offset;
    this.#budget.take((count + (span === count ? 0 : span)) * itemBytes, `a tensor of shape ${excerptOfJson(shape)}`);
    const bytes = this.#bytes.get(storage.key)!.subarray(offset * itemBytes, reach * itemBytes);
    const elements = copyElements(dtype, bytes, this.#bigEndian);
    let contiguous = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (shape[axis] !== 1 && strides[axis] !== contiguous) return gather(dtype, elements, shape, strides, 0);
      contiguous *= shape[axis]!;
    }
    return elements;
  }
}
