import type { Evaluation } from './evaluate.ts';

/** One epoch's figures. */
export interface EpochResult {
  /** Counted from 0. */
  readonly epoch: number;
  /** Steps taken so far, over all epochs. */
  readonly step: number;
  /** The batches' losses summed, as the notes print it. */
  readonly totalLoss: number;
  /** The mean loss of the epoch's batches. */
  readonly trainLoss: number;
  /** The share of the predictions that were right, each taken before its step. */
  readonly trainAccuracy: number;
  readonly totalCorrect: number;
  readonly examples: number;
  /** The training part, loading included, evaluation not. */
  readonly seconds: number;
  readonly examplesPerSecond: number;
  /** The learning rate of the last step. */
  readonly lr: number;
  /** On the validation loader, where one was given. */
  readonly validation?: Evaluation;
}
