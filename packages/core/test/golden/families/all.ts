import type { GoldenTest } from '../comparison.ts';
import { functions } from './functions.ts';
import { generator } from './generator.ts';
import { initialisation } from './init.ts';
import { layers } from './layers.ts';
import { optimizers } from './optimizers.ts';
import { recurrent } from './recurrent.ts';
import { schedulers } from './schedulers.ts';

/** Every recorded case, by family: what the tests hold to PyTorch, and what the parity table sums up. */
export const families: Readonly<Record<string, readonly GoldenTest[]>> = {
  'layers and losses': layers,
  'functions, case by case': functions,
  'recurrent layers': recurrent,
  optimizers,
  schedulers,
  'initial values': initialisation,
  generator,
};
