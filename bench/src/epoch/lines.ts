/** What `epoch/train.ts` is told, as its one argument. */
export interface EpochRequest {
  /** The model and the loop that the packages ship, or both written by hand. */
  readonly variant: 'shipped' | 'plain';
  readonly threads: number;
  readonly epochs: number;
  /** The first so many images only. */
  readonly limit?: number;
  readonly dataDir?: string;
}

/** What a child that trains whole epochs prints: `epoch/train.ts` these, `pytorch/notes_epoch.py` these and more. */
export type EpochLine =
  | { readonly event: 'start'; readonly device: string; readonly threads?: number; readonly trainExamples: number }
  | { readonly event: 'epoch'; readonly epoch: number; readonly seconds: number; readonly trainLoss: number }
  | { readonly event: 'done'; readonly peakBytes: number };
