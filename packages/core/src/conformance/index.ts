/**
 * The suite that every backend is held to: each op of this package and what it uses of TensorFlow.js, forward and
 * gradient, over odd shapes.
 *
 * @example
 * ```ts
 * import { conformanceCases, runCase } from '@flambeau/core/conformance';
 * const reference = await createBackend('cpu');
 * for (const test of conformanceCases) {
 *   const { op, title, worst, passed } = await runCase(test, backend, reference);
 *   if (!passed) console.error(`${op}, ${title}: off by ${worst}`);
 * }
 * ```
 *
 * @packageDocumentation
 */

import { attentionCases } from './attentionCases.ts';
import type { ConformanceCase } from './case.ts';
import { embeddingConvMaxCases } from './embeddingConvMaxCases.ts';
import { layerCases } from './layerCases.ts';
import { opCases } from './opCases.ts';
import { optimizerCases } from './optimizerCases.ts';
import { recurrentCases } from './recurrentCases.ts';
import { tfjsCases } from './tfjsCases.ts';

export type { ConformanceCase, ConformanceResult } from './case.ts';
export { relativeError, runCase, runSuite } from './run.ts';

/** All cases. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...opCases,
  ...attentionCases,
  ...layerCases,
  ...embeddingConvMaxCases,
  ...recurrentCases,
  ...optimizerCases,
  ...tfjsCases,
];
