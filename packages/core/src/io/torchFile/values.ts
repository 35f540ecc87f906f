import type { DType, HostArray } from '../../tensor/hostArray.ts';

/** What may name an entry of a dict or be in a set. */
export type TorchKey = string | number | bigint | boolean | null;

/**
 * A Python value: tensors as host arrays, lists and tuples as arrays, integers beyond 2⁵³ as bigints, `None` as null.
 * Values that the file shares are shared here too, and a list may hold itself.
 */
export type TorchValue = TorchKey | Uint8Array | HostArray | TorchValue[] | Set<TorchKey> | TorchDict;

/** A dict or OrderedDict, in its order; a Map, so that no key can reach an object's prototype. */
export class TorchDict extends Map<TorchKey, TorchValue> {
  /** What `Module.state_dict()` attaches as `_metadata`: the version of each module. */
  metadata: TorchValue = null;
}

/** A class or function that the file names; only those that are listed here are ever made. */
export interface TorchGlobal {
  readonly kind: 'global';
  readonly name: string;
  /** For storages and dtypes: the element type; `'bytes'` for an untyped storage. */
  readonly dtype?: DType | 'bytes';
}

/** A tensor's memory, as a persistent id names it. */
export interface TorchStorage {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: DType | 'bytes';
  /** In elements; in bytes for an untyped storage. */
  readonly length: number;
}

/** A tuple of arguments that holds globals or storages, which no value may: it can only be handed to a call. */
export interface TorchArguments {
  readonly kind: 'arguments';
  readonly items: readonly StackValue[];
}

/** What lies on the unpickler's stack. */
export type StackValue = TorchValue | TorchGlobal | TorchStorage | TorchArguments;

type Internal = TorchGlobal | TorchStorage | TorchArguments;

/** Whether a value is for the unpickler only. */
export function isInternal(value: StackValue): value is Internal {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** A tuple: an array if all its items are values. */
export function tupleOf(items: readonly StackValue[]): StackValue {
  const values: TorchValue[] = [];
  for (const item of items) {
    if (isInternal(item)) return { kind: 'arguments', items };
    values.push(item);
  }
  return values;
}

export function isArguments(value: StackValue): value is TorchArguments {
  return isInternal(value) && value.kind === 'arguments';
}

export function isGlobal(value: StackValue): value is TorchGlobal {
  return isInternal(value) && value.kind === 'global';
}

export function isStorage(value: StackValue): value is TorchStorage {
  return isInternal(value) && value.kind === 'storage';
}

/** Whether a value is a tensor. */
export function isTensor(value: TorchValue): value is HostArray {
  return typeof value === 'object' && value !== null && 'dtype' in value;
}

/** A value's kind, in Python's words, for an error. */
export function describe(value: StackValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return 'a str';
  if (typeof value === 'boolean') return 'a bool';
  if (typeof value === 'bigint') return 'an int';
  if (typeof value === 'number') return 'a number';
  if (isGlobal(value)) return `the global ${value.name}`;
  if (isStorage(value)) return 'a storage';
  if (isArguments(value)) return 'a tuple of arguments';
  if (Array.isArray(value)) return 'a list or tuple';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Set) return 'a set';
  return value instanceof TorchDict ? 'a dict' : 'a tensor';
}
