import type { GoldenTest } from '../comparison.ts';
import { layers } from './layers.ts';
import { optimizers } from './optimizers.ts';
import { schedulers } from './schedulers.ts';

/** Every recorded case, by family: what the tests hold to PyTorch, and what the parity table sums up. */
export const families: Readonly<Record<string, readonly GoldenTest[]>> = { layers, optimizers, schedulers };
