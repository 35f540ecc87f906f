import { type FileHandle, open, stat } from 'node:fs/promises';
import type { HostArray } from '../tensor/hostArray.ts';
import { writeFileAtomic } from './atomicFile.ts';
import { parseSafetensors, type Safetensors, serializeSafetensors } from './safetensors.ts';
import { SafetensorsError } from './safetensorsHeader.ts';
import { parseTorchStateDict, TorchFileError, type TorchStateDictOptions } from './torchFile/index.ts';

/** Node reads at most 2 GiB at a time. */
const MAX_READ_BYTES = 2 ** 30;

/**
 * Saves tensors as a safetensors file, whole or not at all: a file that was there stays until the new one is on the disk.
 *
 * @param path the file; its folder must exist.
 * @param tensors names and arrays, e.g. `Object.entries(await model.stateDict())`.
 * @param metadata strings by name.
 * @throws SafetensorsError if the tensors make no valid file; Error if it can't be written.
 *
 * @example
 * ```ts
 * await saveSafetensors('weights.safetensors', Object.entries(await model.stateDict()));
 * ```
 */
export async function saveSafetensors(
  path: string,
  tensors: Iterable<readonly [string, HostArray]>,
  metadata?: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
): Promise<void> {
  await writeFileAtomic(path, serializeSafetensors(tensors, metadata));
}

/**
 * Loads a safetensors file.
 *
 * @throws SafetensorsError if the file is no valid one; Error if it can't be read. Both name the file.
 *
 * @example
 * ```ts
 * model.loadStateDict((await loadSafetensors('weights.safetensors')).tensors);
 * ```
 */
export async function loadSafetensors(path: string): Promise<Safetensors> {
  return parseSafetensorsOf(path, await readWhole(path));
}

/**
 * Loads a state dict from either kind of file: safetensors, or PyTorch's own zip archive (`.pt`, `.pth`), of which nothing
 * is run. What a file is its first bytes say, not its name.
 *
 * @param options - `key`, where a `.pt` file is a checkpoint that keeps its state dict under a name.
 * @throws SafetensorsError or TorchFileError if the file is refused; Error if it can't be read. All name the file.
 *
 * @example
 * ```ts
 * model.loadStateDict((await loadWeights('model.pt')).tensors); // torch.save(model.state_dict(), 'model.pt')
 * ```
 */
export async function loadWeights(path: string, options: TorchStateDictOptions = {}): Promise<Safetensors> {
  const bytes = await readWhole(path);
  // A zip archive's first bytes, or those of torch.save's old format, whose refusal says how to save it anew.
  const isTorchs = (bytes[0] === 0x50 && bytes[1] === 0x4b) || (bytes[0] === 0x80 && bytes[1] === 0x02);
  if (!isTorchs) return parseSafetensorsOf(path, bytes);
  try {
    return { tensors: new Map(Object.entries(parseTorchStateDict(bytes, options))), metadata: new Map() };
  } catch (error) {
    if (!(error instanceof TorchFileError)) throw error;
    throw new TorchFileError(`${path}: ${error.message}`, { cause: error });
  }
}

function parseSafetensorsOf(path: string, bytes: Uint8Array): Safetensors {
  try {
    return parseSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new SafetensorsError(`${path}: ${error.message}`, { cause: error });
  }
}

/** The bytes of a file at the start of a buffer of their own, so that what is aligned in the file is so in memory. */
async function readWhole(path: string): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    // Before opening it, because opening a pipe waits for a writer.
    const stats = await stat(path);
    if (!stats.isFile()) throw new Error('it is not a regular file');
    file = await open(path, 'r');
    const bytes = new Uint8Array(stats.size);
    for (let position = 0; position < bytes.length; ) {
      const wanted = Math.min(bytes.length - position, MAX_READ_BYTES);
      const { bytesRead } = await file.read(bytes, position, wanted, position);
      if (bytesRead === 0) throw new Error(`it ended after ${position} of ${bytes.length} bytes`);
      position += bytesRead;
    }
    return bytes;
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no such file' : cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${path} can't be read: ${why}`, { cause });
  } finally {
    await file?.close();
  }
}
