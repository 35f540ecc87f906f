import type { DType } from '../../tensor/hostArray.ts';
import { excerpt } from '../excerpt.ts';
import { refuse } from './torchFileError.ts';
import type { TorchGlobal } from './values.ts';

const STORAGES: readonly (readonly [name: string, dtype: DType | 'bytes'])[] = [
  ['torch.DoubleStorage', 'float64'],
  ['torch.FloatStorage', 'float32'],
  ['torch.HalfStorage', 'float16'],
  ['torch.BFloat16Storage', 'bfloat16'],
  ['torch.LongStorage', 'int64'],
  ['torch.IntStorage', 'int32'],
  ['torch.ShortStorage', 'int16'],
  ['torch.CharStorage', 'int8'],
  ['torch.ByteStorage', 'uint8'],
  ['torch.BoolStorage', 'bool'],
  ['torch.storage.UntypedStorage', 'bytes'],
];

// PyTorch has no typed storage for these: _rebuild_tensor_v3 names the dtype itself.
const DTYPES: readonly (readonly [name: string, dtype: DType])[] = [
  ['torch.uint16', 'uint16'],
  ['torch.uint32', 'uint32'],
  ['torch.uint64', 'uint64'],
];

const CALLABLES = [
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_tensor_v3',
  'torch._utils._rebuild_parameter',
  'torch.Size',
  'collections.OrderedDict',
  'builtins.set',
  '_codecs.encode',
] as const;

const ALLOWED: ReadonlyMap<string, TorchGlobal> = new Map(
  [...[...STORAGES, ...DTYPES].map(([name, dtype]) => ({ name, dtype })), ...CALLABLES.map((name) => ({ name }))].map(
    (global) => [global.name, { kind: 'global', ...global }],
  ),
);

/** Modules whose names alone say that something is meant to be run. */
const SYSTEM_MODULES = ['os', 'sys', 'posix', 'nt', 'subprocess', 'shutil', 'socket', 'importlib', 'runpy'];

/** The listed global of that name; anything else is refused by its name, and nothing is ever imported or run. */
export function findGlobal(module: string, name: string): TorchGlobal {
  // Protocol 2 keeps Python 2's name of the module.
  const full = `${module === '__builtin__' ? 'builtins' : module}.${name}`;
  const [root] = module.split('.');
  if (SYSTEM_MODULES.includes(root!))
    refuse(`the file asks to run ${excerpt(full)}, expected only tensors and plain values`);
  if (/^torch\.(Complex|cfloat|cdouble|complex)/.test(full)) {
    refuse(`the file holds complex numbers (${excerpt(full)}), expected real ones`);
  }
  return ALLOWED.get(full) ?? refuse(`the file asks for ${excerpt(full)}, expected only tensors and plain values`);
}
