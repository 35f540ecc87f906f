import { excerpt } from '../excerpt.ts';
import { COST, type MemoryBudget } from './budget.ts';
import { call, plainKey, plainValue } from './calls.ts';
import { findGlobal } from './globals.ts';
import { PickleReader } from './pickleReader.ts';
import type { Storages } from './storages.ts';
import { refuse } from './torchFileError.ts';
import { describe, isArguments, isGlobal, type StackValue, TorchDict, type TorchValue, tupleOf } from './values.ts';

const STOP = 0x2e;
const FIRST_PROTOCOL = 2;
const LAST_PROTOCOL = 5;

/** The machine of a pickle: a stack, marks in it, and a memo. */
class Unpickler {
  readonly #reader: PickleReader;
  readonly #storages: Storages;
  readonly #budget: MemoryBudget;
  readonly #stack: StackValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, StackValue>();
  #deepest = 0;

  constructor(bytes: Uint8Array, storages: Storages, budget: MemoryBudget) {
    this.#reader = new PickleReader(bytes);
    this.#storages = storages;
    this.#budget = budget;
  }

  run(): TorchValue {
    const reader = this.#reader;
    if (reader.u8() !== 0x80) refuse('the pickle does not begin with its protocol, expected protocol 2 to 5');
    this.#protocol();
    for (let code = reader.u8(); code !== STOP; code = reader.u8()) this.#step(code);
    const value = plainValue(this.#pop());
    if (this.#stack.length > 0 || this.#marks.length > 0)
      refuse('the pickle leaves values behind, expected one result');
    return value;
  }

  #protocol(): void {
    const protocol = this.#reader.u8();
    if (protocol < FIRST_PROTOCOL || protocol > LAST_PROTOCOL) {
      refuse(`the pickle has protocol ${protocol}, expected ${FIRST_PROTOCOL} to ${LAST_PROTOCOL}`);
    }
  }

  #push(value: StackValue): void {
    this.#stack.push(value);
    if (this.#stack.length <= this.#deepest) return;
    this.#deepest = this.#stack.length;
    this.#budget.take(COST.slot, "the pickle's stack");
  }

  /** A value that takes memory of its own. */
  #make(cost: number, value: StackValue): void {
    this.#budget.take(cost, "the pickle's values");
    this.#push(value);
  }

  #number(value: number | bigint): void {
    this.#make(COST.value, value);
  }

  #text(length: number): void {
    this.#make(COST.value + length, this.#reader.text(length));
  }

  #bytes(length: number): void {
    this.#make(COST.array + length, this.#reader.bytes(length));
  }

  #keep(index: number): void {
    this.#budget.take(COST.kept, 'what the pickle keeps');
    this.#memo.set(index, this.#top());
  }

  /** What lies under the last mark belongs to an unfinished list, dict or tuple. */
  #need(count: number): void {
    if (this.#stack.length - (this.#marks.at(-1) ?? 0) < count) {
      refuse(`the pickle takes more values than it has before position ${this.#reader.position}`);
    }
  }

  #pop(): StackValue {
    this.#need(1);
    return this.#stack.pop()!;
  }

  #top(): StackValue {
    this.#need(1);
    return this.#stack.at(-1)!;
  }

  #popToMark(): StackValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) return refuse(`the pickle has no mark before position ${this.#reader.position}`);
    return this.#stack.splice(mark);
  }

  #tuple(count: number): void {
    this.#need(count);
    this.#make(COST.value + count * COST.slot, tupleOf(this.#stack.splice(this.#stack.length - count)));
  }

  #get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) refuse(`the pickle refers to value ${index}, which it has not kept`);
    this.#push(value as StackValue);
  }

  #setItems(items: readonly StackValue[]): void {
    const dict = this.#top();
    if (!(dict instanceof TorchDict)) refuse(`the pickle sets an item of ${describe(dict)}, expected a dict`);
    if (items.length % 2 !== 0) refuse('the pickle sets a key without a value');
    this.#budget.take((items.length / 2) * COST.entry, 'a dict');
    for (let at = 0; at < items.length; at += 2) dict.set(plainKey(items[at]!), plainValue(items[at + 1]!));
  }

  #append(items: readonly StackValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) refuse(`the pickle appends to ${describe(list)}, expected a list`);
    this.#budget.take((list.length === 0 ? COST.list : 0) + items.length * COST.slot, 'a list');
    for (const item of items) list.push(plainValue(item));
  }

  #addItems(items: readonly StackValue[]): void {
    const set = this.#top();
    if (!(set instanceof Set)) refuse(`the pickle adds elements to ${describe(set)}, expected a set`);
    this.#budget.take(items.length * COST.entry, 'a set');
    for (const item of items) set.add(plainKey(item));
  }

  #stackGlobal(): void {
    const name = this.#pop();
    const module = this.#pop();
    if (typeof module !== 'string' || typeof name !== 'string') refuse('a global has no name, expected two strs');
    this.#push(findGlobal(module, name));
  }

  #reduce(): void {
    const args = this.#pop();
    const callable = this.#pop();
    if (!isGlobal(callable)) refuse(`the pickle calls ${describe(callable)}, expected a listed function`);
    const items = isArguments(args) ? args.items : args;
    if (!Array.isArray(items)) refuse(`the pickle calls ${callable.name} without a tuple of arguments`);
    this.#push(call(callable, items, this.#storages, this.#budget));
  }

  /** BUILD sets attributes: only `_metadata` of a state dict. */
  #build(): void {
    const state = this.#pop();
    const target = this.#top();
    if (!(target instanceof TorchDict) || !(state instanceof TorchDict)) {
      refuse(`the pickle sets the state (BUILD) of ${describe(target)}, expected an OrderedDict's _metadata`);
    }
    for (const [key, value] of state) {
      if (key !== '_metadata')
        refuse(`the pickle sets the attribute '${excerpt(String(key))}' of a dict, expected _metadata`);
      target.metadata = value;
    }
  }

  #step(code: number): void {
    const reader = this.#reader;
    switch (code) {
      case 0x80:
        this.#protocol();
        break;
      case 0x95: // FRAME
        reader.length64();
        break;
      case 0x28: // MARK
        this.#budget.take(COST.slot, "the pickle's marks");
        this.#marks.push(this.#stack.length);
        break;
      case 0x30: // POP
        this.#pop();
        break;
      case 0x31: // POP_MARK
        this.#popToMark();
        break;
      case 0x32: // DUP
        this.#push(this.#top());
        break;
      case 0x4e: // NONE
        this.#push(null);
        break;
      case 0x88: // NEWTRUE
        this.#push(true);
        break;
      case 0x89: // NEWFALSE
        this.#push(false);
        break;
      case 0x4a: // BININT
        this.#number(reader.i32());
        break;
      case 0x4b: // BININT1
        this.#push(reader.u8());
        break;
      case 0x4d: // BININT2
        this.#push(reader.u16());
        break;
      case 0x8a: // LONG1
        this.#number(reader.integer(reader.u8()));
        break;
      case 0x8b: // LONG4
        this.#number(reader.integer(reader.u32()));
        break;
      case 0x47: // BINFLOAT
        this.#number(reader.float64());
        break;
      case 0x58: // BINUNICODE
        this.#text(reader.u32());
        break;
      case 0x8c: // SHORT_BINUNICODE
        this.#text(reader.u8());
        break;
      case 0x8d: // BINUNICODE8
        this.#text(reader.length64());
        break;
      case 0x42: // BINBYTES
        this.#bytes(reader.u32());
        break;
      case 0x43: // SHORT_BINBYTES
        this.#bytes(reader.u8());
        break;
      case 0x8e: // BINBYTES8
        this.#bytes(reader.length64());
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        this.#make(COST.value, []);
        break;
      case 0x7d: // EMPTY_DICT
        this.#make(COST.table, new TorchDict());
        break;
      case 0x8f: // EMPTY_SET
        this.#make(COST.table, new Set());
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.#tuple(code - 0x84);
        break;
      case 0x74: {
        // TUPLE
        const items = this.#popToMark();
        this.#make(COST.value + items.length * COST.slot, tupleOf(items));
        break;
      }
      case 0x6c: {
        // LIST
        const items = this.#popToMark();
        this.#make(COST.value + items.length * COST.slot, items.map(plainValue));
        break;
      }
      case 0x64: {
        // DICT
        const items = this.#popToMark();
        this.#make(COST.table, new TorchDict());
        this.#setItems(items);
        break;
      }
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        break;
      case 0x65: // APPENDS
        this.#append(this.#popToMark());
        break;
      case 0x73: {
        // SETITEM
        const value = this.#pop();
        this.#setItems([this.#pop(), value]);
        break;
      }
      case 0x75: // SETITEMS
        this.#setItems(this.#popToMark());
        break;
      case 0x90: // ADDITEMS
        this.#addItems(this.#popToMark());
        break;
      case 0x71: // BINPUT
        this.#keep(reader.u8());
        break;
      case 0x72: // LONG_BINPUT
        this.#keep(reader.u32());
        break;
      case 0x94: // MEMOIZE
        this.#keep(this.#memo.size);
        break;
      case 0x68: // BINGET
        this.#get(reader.u8());
        break;
      case 0x6a: // LONG_BINGET
        this.#get(reader.u32());
        break;
      case 0x63: {
        // GLOBAL
        const module = reader.line();
        this.#push(findGlobal(module, reader.line()));
        break;
      }
      case 0x93: // STACK_GLOBAL
        this.#stackGlobal();
        break;
      case 0x52: // REDUCE
        this.#reduce();
        break;
      case 0x62: // BUILD
        this.#build();
        break;
      case 0x51: // BINPERSID
        this.#push(this.#storages.find(this.#pop()));
        break;
      case 0x81: // NEWOBJ
      case 0x92: // NEWOBJ_EX
      case 0x69: // INST
      case 0x6f: // OBJ
        refuse('the pickle makes an object of a class (NEWOBJ), expected only tensors and plain values');
        break;
      default:
        refuse(
          `the pickle has the instruction 0x${code.toString(16).padStart(2, '0')} at position ${reader.position - 1}, expected one that plain state dicts need`,
        );
    }
  }
}

/**
 * Reads a pickle of protocol 2 to 5 without running anything: it knows tensors and plain values, and refuses every other
 * instruction and every global that is not listed.
 *
 * Source: CPython, Lib/pickletools.py; PyTorch, torch/_weights_only_unpickler.py.
 */
export function unpickle(bytes: Uint8Array, storages: Storages, budget: MemoryBudget): TorchValue {
  return new Unpickler(bytes, storages, budget).run();
}
