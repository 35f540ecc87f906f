import type { Module } from './module.ts';

/**
 * Switches a model to evaluation for a while.
 *
 * @returns a function that puts every module back into its own mode: a part that is frozen in evaluation stays so.
 */
export function beginEvaluation(model: Module): () => void {
  const modes = model.modules().map((module) => [module, module.training] as const);
  model.eval();
  return () => {
    for (const [module, training] of modes) module.training = training;
  };
}
