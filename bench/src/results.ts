import type { EpochPart } from './epoch/epoch.ts';
import type { Machine } from './machine.ts';
import type { OpsPart } from './ops/ops.ts';
import type { SizePart } from './size/size.ts';
import type { StartResult } from './start/start.ts';

/** The parts of a run, in their order. */
export const partNames = [
  'epoch',
  'chromium',
  'ops',
  'inference',
  'layers',
  'growth',
  'textcnn',
  'seq2seq',
  'start',
  'size',
] as const;
export type PartName = (typeof partNames)[number];

/** All that a run has found, as `--json` writes it: every round, not only medians. */
export interface Results {
  readonly machine: Machine;
  readonly quick: boolean;
  readonly threads: readonly number[];
  /** What the run had to say beside its figures. */
  readonly notes: readonly string[];
  /** Parts that broke off, and why; the others stand. */
  readonly failures: readonly string[];
  readonly epoch?: EpochPart;
  readonly chromium?: EpochPart;
  readonly ops?: OpsPart;
  readonly inference?: OpsPart;
  readonly layers?: OpsPart;
  readonly growth?: OpsPart;
  readonly textcnn?: OpsPart;
  readonly seq2seq?: OpsPart;
  readonly start?: readonly StartResult[];
  readonly size?: SizePart;
}
