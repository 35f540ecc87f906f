import type { EpochLine } from '../epoch/lines.ts';

/** What the worker is told. */
export interface BrowserRequest {
  readonly threads: number;
  readonly epochs: number;
  /** Of the images: [N, 1, height, width]. */
  readonly shape: readonly number[];
  readonly classes: readonly string[];
}

/** What it answers. */
export type BrowserMessage = EpochLine | { readonly event: 'error'; readonly message: string };
