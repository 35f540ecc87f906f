import type { HostArray } from '../tensor/hostArray.ts';
import { formatShape } from '../tensor/shape.ts';
import type { StateEntry } from './parameter.ts';

/** A model's values on the host, by PyTorch's keys (`conv1.weight`), in the model's order. */
export type StateDict = Record<string, HostArray>;

/** Keys that did not meet when a state dict was loaded with `strict: false`. */
export interface LoadReport {
  readonly missingKeys: string[];
  readonly unexpectedKeys: string[];
}

/** A field's name as PyTorch spells it: `runningMean` → `running_mean`, `weightIhL0` → `weight_ih_l0`, `conv1` → `conv1`. */
export const toStateKey = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Checks a state dict against a model's entries before anything is changed.
 *
 * @throws {Error} listing every shape that differs and, if `strict`, every key that is missing or unexpected, in
 *   PyTorch's words.
 */
export function compareKeys(
  model: string,
  entries: ReadonlyMap<string, StateEntry>,
  dict: Readonly<StateDict>,
  strict: boolean,
): LoadReport {
  const missingKeys = [...entries.keys()].filter((key) => !(key in dict));
  const unexpectedKeys = Object.keys(dict).filter((key) => !entries.has(key));
  const complaints: string[] = [];
  if (strict && unexpectedKeys.length > 0)
    complaints.push(`Unexpected key(s) in state dict: ${quoted(unexpectedKeys)}.`);
  if (strict && missingKeys.length > 0) complaints.push(`Missing key(s) in state dict: ${quoted(missingKeys)}.`);
  for (const [key, entry] of entries) {
    const given = dict[key];
    if (given !== undefined && formatShape(given.shape) !== formatShape(entry.shape)) {
      complaints.push(
        `size mismatch for ${key}: the state dict has shape ${formatShape(given.shape)}, the model ${formatShape(entry.shape)}.`,
      );
    }
  }
  if (complaints.length > 0) throw new Error(`loading the state dict for ${model}: ${complaints.join(' ')}`);
  return { missingKeys, unexpectedKeys };
}

const quoted = (keys: readonly string[]): string => keys.map((key) => `"${key}"`).join(', ');
