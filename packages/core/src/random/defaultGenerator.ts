import { Generator } from './generator.ts';

/**
 * The generator that everything random draws from unless it is given its own: initialisation, dropout, loaders. It
 * starts from a seed of the system's entropy.
 */
export const defaultGenerator: Generator = new Generator();
defaultGenerator.seed();

/**
 * Seeds the default generator, and returns it (`torch.manual_seed`).
 *
 * @example
 * ```ts
 * manualSeed(0);
 * const layer = new nn.Linear(4, 2); // has the weights of torch.nn.Linear(4, 2) after torch.manual_seed(0)
 * ```
 */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.manualSeed(seed);
}
