import type { DType } from '../../tensor/hostArray.ts';
import { COST, type MemoryBudget } from './budget.ts';
import type { Storages } from './storages.ts';
import { refuse } from './torchFileError.ts';
import {
  describe,
  isGlobal,
  isInternal,
  isTensor,
  type StackValue,
  TorchDict,
  type TorchGlobal,
  type TorchKey,
  type TorchValue,
} from './values.ts';

/** A value that may be handed out; storages and globals may not. */
export function plainValue(value: StackValue): TorchValue {
  if (isInternal(value)) {
    return refuse(`the file keeps ${describe(value)} as a value, expected only tensors and plain values`);
  }
  return value;
}

/** A value that may name an entry. */
export function plainKey(value: StackValue): TorchKey {
  if (typeof value === 'object' && value !== null) {
    return refuse(`a dict's key or a set's element is ${describe(value)}, expected a str, a number, a bool or None`);
  }
  return value;
}

function dictOf(args: readonly StackValue[], budget: MemoryBudget): TorchDict {
  const dict = new TorchDict();
  const [pairs = []] = args;
  if (args.length > 1 || !Array.isArray(pairs)) return refuse('OrderedDict is given more than a list of pairs');
  budget.take(COST.table + pairs.length * COST.entry, 'an OrderedDict');
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) return refuse('OrderedDict is given something else, expected pairs');
    dict.set(plainKey(pair[0]!), plainValue(pair[1]!));
  }
  return dict;
}

function setOf(args: readonly StackValue[], budget: MemoryBudget): Set<TorchKey> {
  const [items = []] = args;
  if (args.length > 1 || !Array.isArray(items)) return refuse('set is given more than a list, expected one');
  budget.take(COST.table + items.length * COST.entry, 'a set');
  return new Set(items.map(plainKey));
}

/** How protocol 2 writes bytes: `_codecs.encode('…', 'latin1')`. */
function encoded([text, encoding]: readonly StackValue[], budget: MemoryBudget): Uint8Array {
  if (typeof text !== 'string' || encoding !== 'latin1') return refuse('_codecs.encode is given no latin1 text');
  budget.take(COST.array + text.length, 'bytes');
  return Uint8Array.from({ length: text.length }, (_, at) => {
    const code = text.charCodeAt(at);
    return code < 256 ? code : refuse(`bytes hold the character ${code}, expected one below 256`);
  });
}

function rebuildV3(args: readonly StackValue[], storages: Storages): TorchValue {
  const dtype = args[6];
  if (dtype === undefined || !isGlobal(dtype) || dtype.dtype === undefined || dtype.dtype === 'bytes') {
    return refuse('torch._utils._rebuild_tensor_v3 is given no element type');
  }
  return storages.rebuild(args, dtype.dtype as DType);
}

/** What a listed callable gives. Nothing of Python is run: each is made here by hand. */
export function call(
  callable: TorchGlobal,
  args: readonly StackValue[],
  storages: Storages,
  budget: MemoryBudget,
): TorchValue {
  switch (callable.name) {
    case 'torch._utils._rebuild_tensor_v2':
      return storages.rebuild(args);
    case 'torch._utils._rebuild_tensor_v3':
      return rebuildV3(args, storages);
    case 'torch._utils._rebuild_parameter': {
      const [data = null] = args;
      const tensor = plainValue(data);
      return isTensor(tensor) ? tensor : refuse(`a parameter is made of ${describe(data)}, expected a tensor`);
    }
    case 'torch.Size': {
      const [sides] = args;
      return args.length === 1 && Array.isArray(sides) ? sides : refuse('torch.Size is given no tuple');
    }
    case 'collections.OrderedDict':
      return dictOf(args, budget);
    case 'builtins.set':
      return setOf(args, budget);
    case '_codecs.encode':
      return encoded(args, budget);
    default:
      return refuse(`the file calls ${callable.name}, expected only tensors and plain values`);
  }
}
