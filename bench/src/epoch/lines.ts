/** What `epoch/train.ts` and `chromium/train.ts` are told, as their first argument. */
export interface EpochRequest {
  /** The model and the loop that the packages ship, or both written by hand, in Node; what they ship, in Chromium. */
  readonly variant: 'shipped' | 'plain' | 'chromium';
  readonly threads: number;
  readonly epochs: number;
  /** The first so many images only. */
  readonly limit?: number;
  readonly dataDir?: string;
}

/** What a child that trains whole epochs prints: ours these, `pytorch/notes_epoch.py` these and more. */
export type EpochLine =
  | { readonly event: 'start'; readonly device: string; readonly threads?: number; readonly trainExamples: number }
  | { readonly event: 'epoch'; readonly epoch: number; readonly seconds: number; readonly trainLoss: number }
  /** The most memory that the process held, where it can tell. */
  | { readonly event: 'done'; readonly peakBytes?: number };
