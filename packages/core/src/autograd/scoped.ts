import type { Tensor } from '@tensorflow/tfjs-core';
import { internals } from '../backend/engine.ts';

/**
 * `tidy` for functions that return a tensor or a list of them, which is what every step of a model does: TensorFlow.js's
 * own looks through whatever may have been returned.
 */
export function scoped<T extends Tensor | readonly Tensor[]>(f: () => T): T {
  const engine = internals();
  engine.startScope();
  let results: readonly Tensor[] = [];
  try {
    const value = f();
    results = Array.isArray(value) ? value : [value];
    return value;
  } finally {
    const { activeScope } = engine.state;
    const made = results.filter((tensor) => tensor.scopeId === activeScope!.id && !tensor.kept);
    for (const tensor of made) tensor.kept = true;
    engine.endScope();
    for (const tensor of made) {
      tensor.kept = false;
      engine.track(tensor);
    }
  }
}
