import type { Module } from '../nn/module.ts';
import type { StateDict } from '../nn/stateDict.ts';
import type { EpochResult } from './epochResult.ts';
import type { TrainerState } from './trainerState.ts';

/** What a callback sees after a step. */
export interface StepInfo {
  readonly epoch: number;
  /** Batches done in this epoch. */
  readonly batch: number;
  /** Batches that an epoch has, where the loader knows. */
  readonly batches?: number;
  /** Steps taken so far, over all epochs. */
  readonly step: number;
  /** Examples done in this epoch. */
  readonly examples: number;
}

/** What a callback may ask of the trainer that it belongs to. */
export interface FitControl {
  readonly model: Module;
  /** Epochs done so far. */
  readonly epoch: number;
  /** Steps taken so far, over all epochs. */
  readonly step: number;
  /** Ends this fit after the epoch that is being trained, or before the first. */
  stop(): void;
  /** All that the run needs to go on. */
  stateDict(): Promise<TrainerState>;
}

/** Is told how training goes; a promise is waited for. Several are told in their order. */
export interface TrainerCallback {
  /** Before the first epoch of a fit. */
  onFitStart?(control: FitControl): void | Promise<void>;
  onEpochStart?(epoch: number, control: FitControl): void | Promise<void>;
  /** After every step. Nothing has been read from the device: losses come with the epoch. */
  onStep?(info: StepInfo, control: FitControl): void | Promise<void>;
  onEpochEnd?(result: EpochResult, control: FitControl): void | Promise<void>;
  /** When all epochs are done or a callback has stopped the fit; not after an error. */
  onFitEnd?(control: FitControl): void | Promise<void>;
  /** What it remembers, as plain JSON, for the trainer's `stateDict`. */
  stateDict?(): unknown;
  /** Arrays that it remembers. */
  tensors?(): StateDict;
  /** @throws {TrainerStateError} if that is no state of its own; nothing is changed then. */
  loadStateDict?(state: never, tensors: StateDict): void;
}
