import type { StateDict } from '../../nn/stateDict.ts';
import type { EpochResult } from '../epochResult.ts';
import type { FitControl, TrainerCallback } from '../trainerCallback.ts';
import { TrainerStateError } from '../trainerStateError.ts';
import { checkState } from './callbackState.ts';
import { Monitor, type MonitorOptions } from './monitor.ts';

export interface BestWeightsOptions extends MonitorOptions {
  /**
   * Keeps the weights of each epoch that is the best so far, e.g. in a file. Default: they are kept in memory, and in the
   * trainer's state.
   */
  readonly save?: (weights: StateDict, result: EpochResult) => void | Promise<void>;
  /** Whether the model ends with the best epoch's weights rather than with the last one's. Default: false. */
  readonly restore?: boolean;
}

/** What {@link BestWeights} remembers, besides the weights. */
export interface BestWeightsState {
  readonly best: number | null;
  readonly bestEpoch: number;
}

/**
 * Keeps the weights of the epoch that did best, and if asked gives them back to the model when training ends.
 *
 * @param options - `monitor`, `mode`, `minDelta`, `save`, `restore`.
 *
 * @example
 * ```ts
 * const best = new callbacks.BestWeights({ monitor: 'val/accuracy', restore: true });
 * await new Trainer({ model, optimizer, callbacks: [best] }).fit(trainLoader, { epochs: 10, validation: testLoader });
 * best.bestEpoch; // whose weights the model has now
 * ```
 *
 * @example
 * ```ts
 * new callbacks.BestWeights({
 *   monitor: 'val/accuracy',
 *   save: (weights) => saveSafetensors('best.safetensors', Object.entries(weights)),
 * });
 * ```
 */
export class BestWeights implements TrainerCallback {
  /** The best figure so far. */
  best: number | undefined;
  bestEpoch = -1;
  private readonly monitor: Monitor;
  private readonly options: BestWeightsOptions;
  private weights: StateDict | undefined;

  /** @throws {RangeError} for an unknown figure. */
  constructor(options: BestWeightsOptions = {}) {
    this.monitor = new Monitor('BestWeights', options);
    this.options = options;
  }

  async onEpochEnd(result: EpochResult, { model }: FitControl): Promise<void> {
    const value = this.monitor.read(result);
    if (!this.monitor.isBetter(value, this.best)) return;
    const { save, restore } = this.options;
    const weights = await model.stateDict();
    await save?.(weights, result);
    if (save === undefined || restore) this.weights = weights;
    this.best = value;
    this.bestEpoch = result.epoch;
  }

  onFitEnd({ model }: FitControl): void {
    if (this.options.restore && this.weights !== undefined) model.loadStateDict(this.weights);
  }

  stateDict(): BestWeightsState {
    return { best: this.best ?? null, bestEpoch: this.bestEpoch };
  }

  /** The best weights, where they are kept in memory. */
  tensors(): StateDict {
    return this.weights ?? {};
  }

  loadStateDict(state: BestWeightsState, tensors: StateDict): void {
    checkState('BestWeights', state, { best: 'number?', bestEpoch: 'number' });
    const { save, restore } = this.options;
    const kept = Object.keys(tensors).length > 0;
    if (state.best !== null && !kept && (save === undefined || restore)) {
      throw new TrainerStateError('the state of BestWeights has no weights, expected those of the best epoch');
    }
    this.best = state.best ?? undefined;
    this.bestEpoch = state.bestEpoch;
    this.weights = kept ? tensors : undefined;
  }
}
