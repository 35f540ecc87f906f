import type { HostArray } from '../../tensor/hostArray.ts';
import { excerpt } from '../excerpt.ts';
import { readZipDirectory, readZipEntry, type ZipEntry } from '../zipArchive.ts';
import { MemoryBudget } from './budget.ts';
import { Storages } from './storages.ts';
import { refuse } from './torchFileError.ts';
import { unpickle } from './unpickle.ts';
import { describe, isTensor, TorchDict, type TorchValue } from './values.ts';

/** What `torch.save` was given, and in which order of bytes. */
export interface TorchFile {
  readonly value: TorchValue;
  readonly byteOrder: 'little' | 'big';
}

export interface TorchStateDictOptions {
  /** The key under which a checkpoint keeps its state dict (`'state_dict'`, `'model'`); none by default. */
  readonly key?: string;
}

const PICKLE = 'data.pkl';
/** Long enough for 'little' and a line's end. */
const MAX_BYTEORDER_BYTES = 8;

/** The folder in the archive that holds everything; named after the saved file, so it may be any text. */
function findFolder(entries: ReadonlyMap<string, ZipEntry>): string {
  const names = [...entries.keys()];
  if (names.some((name) => /(^|\/)(constants\.pkl|code\/)/.test(name))) {
    refuse('the file is a TorchScript archive, which holds a program, expected a state dict saved by torch.save');
  }
  const pickles = names.filter((name) => name === PICKLE || name.endsWith(`/${PICKLE}`));
  if (pickles.length !== 1) refuse(`the archive holds ${pickles.length} files ${PICKLE}, expected one`);
  return pickles[0]!.slice(0, -PICKLE.length);
}

/**
 * Reads a `.pt` or `.pth` file as `torch.save` writes it (a zip archive, since PyTorch 1.6), and runs nothing of it:
 * tensors and plain values (dict, OrderedDict, list, tuple, set, str, bytes, numbers, bool, None) are made, anything else
 * is refused by its name. What is made takes at most a few times the file's size.
 *
 * Tensors come out contiguous, with the bits of the file: strided views are gathered, half floats stay bits.
 *
 * @param bytes - the whole file.
 * @throws TorchFileError if the file is damaged, of another format, or holds anything else.
 *
 * @example
 * ```ts
 * const { value } = parseTorchFile(new Uint8Array(await response.arrayBuffer()));
 * ```
 *
 * Source: https://docs.pytorch.org/docs/stable/notes/serialization.html
 */
export function parseTorchFile(bytes: Uint8Array): TorchFile {
  if (bytes.length === 0) refuse('the file is empty, expected a zip archive written by torch.save');
  if (bytes[0] === 0x80) {
    refuse(
      "the file is in torch.save's old format (before PyTorch 1.6), expected a zip archive: load and save it again in PyTorch",
    );
  }
  const entries = readZipDirectory(bytes, refuse);
  const folder = findFolder(entries);
  const read = (name: string): Uint8Array | undefined => {
    const entry = entries.get(folder + name);
    if (entry?.deflated) refuse(`'${excerpt(entry.name)}' is compressed, expected it stored as torch.save does`);
    return entry && readZipEntry(entry, refuse);
  };
  const order = new TextDecoder()
    .decode((read('byteorder') ?? new TextEncoder().encode('little')).subarray(0, MAX_BYTEORDER_BYTES))
    .trim();
  if (order !== 'little' && order !== 'big') return refuse(`the byte order is '${order}', expected 'little' or 'big'`);
  const budget = new MemoryBudget(bytes.length);
  const storages = new Storages((key) => read(`data/${key}`), order === 'big', budget);
  return { value: unpickle(read(PICKLE)!, storages, budget), byteOrder: order };
}

/**
 * Reads a state dict, as `torch.save(model.state_dict(), path)` writes it: tensors by name, in their order. The record
 * has no prototype, so a tensor may have any name.
 *
 * @param bytes - the whole file.
 * @param options - `key`, where the file is a checkpoint that keeps the state dict under a name.
 * @throws TorchFileError if the file is refused (see {@link parseTorchFile}) or holds something else than tensors by name.
 *
 * @example
 * ```ts
 * const weights = parseTorchStateDict(bytes); // torch.save(model.state_dict(), …)
 * const nested = parseTorchStateDict(bytes, { key: 'state_dict' }); // torch.save({ 'state_dict': … }, …)
 * ```
 */
export function parseTorchStateDict(bytes: Uint8Array, { key }: TorchStateDictOptions = {}): Record<string, HostArray> {
  const { value: whole } = parseTorchFile(bytes);
  let value = whole;
  if (key !== undefined) {
    if (!(whole instanceof TorchDict)) return refuse(`the file holds ${describe(whole)}, expected a dict`);
    if (!whole.has(key)) refuse(`the file's dict has no '${excerpt(key)}', expected one of ${listed(whole)}`);
    value = whole.get(key)!;
  }
  if (!(value instanceof TorchDict)) return refuse(`the file holds ${describe(value)}, expected a state dict`);
  const tensors: Record<string, HostArray> = Object.create(null);
  for (const [name, tensor] of value) {
    if (typeof name !== 'string' || !isTensor(tensor)) {
      return refuse(
        `the state dict holds ${describe(tensor)} under '${excerpt(String(name))}', expected only tensors: if the file keeps its state dict under a key, name that key`,
      );
    }
    tensors[name] = tensor;
  }
  return tensors;
}

function listed(dict: TorchDict): string {
  const shown = [...dict.keys()].slice(0, 8).map((key) => `'${excerpt(String(key))}'`);
  return shown.join(', ') + (dict.size > shown.length ? ', …' : '');
}
