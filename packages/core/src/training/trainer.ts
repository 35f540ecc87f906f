import { DataLoader } from '../data/dataLoader.ts';
import { Totals } from '../metrics/totals.ts';
import type { Module } from '../nn/module.ts';
import type { MinimizeOptions, Optimizer } from '../optim/optimizer.ts';
import type { Scheduler } from '../optim/scheduler.ts';
import type { Generator } from '../random/generator.ts';
import type { EpochResult } from './epochResult.ts';
import { type Evaluation, evaluateObjective } from './evaluate.ts';
import { NonFiniteLossError } from './nonFiniteLossError.ts';
import { type Classifier, classification, type LabelledBatch, type LossFunction, type Objective } from './objective.ts';
import type { FitControl, TrainerCallback } from './trainerCallback.ts';
import type { EpochProgress } from './trainerNumbers.ts';
import {
  captureState,
  type GeneratorStates,
  generatorStates,
  restoreState,
  resumeEpoch,
  startOfEpoch,
  type TrainerParts,
  type TrainerState,
} from './trainerState.ts';

interface SharedOptions {
  readonly optimizer: Optimizer;
  /** Moved on after every step. */
  readonly scheduler?: Scheduler;
  readonly callbacks?: readonly TrainerCallback[];
  /** The place to clip gradients: `(gradients) => optim.clipGradNorm(gradients, 1).gradients`. */
  readonly transformGradients?: MinimizeOptions['transformGradients'];
}

/** A classifier of labelled batches with a loss of its logits. */
interface ClassifierOptions {
  readonly model: Classifier;
  /** Default: cross-entropy. */
  readonly lossFunction?: LossFunction;
  readonly objective?: undefined;
}

/** Any model, with what is minimised and counted of its batches. */
interface ObjectiveOptions<Batch> {
  readonly model: Module;
  readonly objective: Objective<Batch>;
  readonly lossFunction?: undefined;
}

export type TrainerOptions<Batch = LabelledBatch> = SharedOptions & (ClassifierOptions | ObjectiveOptions<Batch>);

export interface FitOptions<Batch = LabelledBatch> {
  readonly epochs: number;
  /** Evaluated after every epoch. */
  readonly validation?: AsyncIterable<Batch>;
  /** Stops before the next step; {@link Trainer.fit} then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * The usual loop: get a batch, forward, loss, gradients, update, for every batch of every epoch. It is written with the
 * public pieces, so that a loop of one's own is as easy:
 *
 * @example
 * ```ts
 * const trainer = new Trainer({ model: net, optimizer: new optim.Adam(net.parameters(), { lr: 0.01 }) });
 * const history = await trainer.fit(trainLoader, { epochs: 10, validation: testLoader });
 * ```
 */
export class Trainer<Batch = LabelledBatch> implements FitControl {
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly objective: Objective<Batch>;
  private readonly scheduler: Scheduler | undefined;
  private readonly callbacks: readonly TrainerCallback[];
  private readonly minimizing: MinimizeOptions;
  private progress: EpochProgress = startOfEpoch;
  private totals: Totals<'loss' | 'correct'> | undefined;
  /** The generators as they were when the epoch began. */
  private epochStart: GeneratorStates | undefined;
  private stopped = false;
  private loaderGenerator: Generator | undefined;
  /** Where a restored run's loader had come with a generator of its own; taken up when the loader is known. */
  private loaderState: Uint8Array | undefined;
  /** Epochs done so far. */
  epoch = 0;
  /** Steps taken so far, over all epochs. */
  step = 0;

  constructor(options: TrainerOptions<Batch>) {
    this.model = options.model;
    this.optimizer = options.optimizer;
    // Without an objective the batches are labelled ones, as the options' type says.
    this.objective =
      options.objective ?? (classification(options.model, options.lossFunction) as unknown as Objective<Batch>);
    this.scheduler = options.scheduler;
    this.callbacks = options.callbacks ?? [];
    this.minimizing = { transformGradients: options.transformGradients };
    // Tells the layers their paths, for error messages.
    this.model.namedModules();
  }

  /**
   * Trains until `epochs` epochs are done in all or a callback stops it, and gives the figures of those that this call
   * has done.
   *
   * @throws {NonFiniteLossError} soon after the loss has become NaN or infinite.
   */
  async fit(loader: AsyncIterable<Batch>, options: FitOptions<Batch>): Promise<EpochResult[]> {
    const history: EpochResult[] = [];
    this.stopped = false;
    for (const callback of this.callbacks) await callback.onFitStart?.(this);
    while (this.epoch < options.epochs && !this.stopped) history.push(await this.trainEpoch(loader, options));
    for (const callback of this.callbacks) await callback.onFitEnd?.(this);
    return history;
  }

  /** Ends the present {@link fit} after the epoch that is being trained: for callbacks. */
  stop(): void {
    this.stopped = true;
  }

  /** Loss and accuracy over a loader, in evaluation mode. */
  evaluate(loader: AsyncIterable<Batch>): Promise<Evaluation> {
    return evaluateObjective(this.model, loader, this.objective);
  }

  /**
   * All that a run needs to go on as if it had never stopped: weights, optimizer, scheduler, generators, the position in
   * the epoch, and what the callbacks remember. May be asked for between steps (in a callback) or after an interruption.
   */
  async stateDict(): Promise<TrainerState> {
    const { loss = 0, correct: right = 0 } = (await this.totals?.read()) ?? {};
    const { progress } = this;
    const position = { ...progress, loss: progress.loss + loss, correct: progress.correct + right };
    const generators = {
      // An epoch of which nothing has been trained on yet is begun anew: with the generators of its beginning.
      now: (progress.batch === 0 && this.epochStart) || generatorStates(this.loaderGenerator),
      ...(this.epochStart && { epochStart: this.epochStart }),
    };
    return captureState(this.parts, { epoch: this.epoch, step: this.step, progress: position }, generators);
  }

  /**
   * Takes over what {@link stateDict} gave; the next {@link fit} goes on from there.
   *
   * @throws {TrainerStateError} if the state is damaged or of another model, optimizer or set of callbacks; nothing is changed then.
   */
  loadStateDict(state: TrainerState): void {
    const { position, now, epochStart } = restoreState(this.parts, state);
    this.epoch = position.epoch;
    this.step = position.step;
    this.progress = position.progress;
    this.totals = undefined;
    this.epochStart = epochStart;
    this.loaderState = now.loader;
  }

  private get parts(): TrainerParts {
    const { model, optimizer, scheduler, callbacks } = this;
    return { model, optimizer, scheduler, callbacks };
  }

  private refuseNonFinite(totals: Totals<'loss' | 'correct'>): void {
    const first = totals.firstNonFinite('loss');
    if (first === undefined) return;
    const step = this.step - totals.count + first.at;
    throw new NonFiniteLossError(
      `the loss became ${first.value} in epoch ${this.epoch} at step ${step}: lower the learning rate`,
    );
  }

  /** How far the epoch has come, the sums of an interrupted part read and counted in. */
  private async settledProgress(): Promise<EpochProgress> {
    const { loss = 0, correct: right = 0 } = (await this.totals?.read()) ?? {};
    this.totals = undefined;
    const { progress } = this;
    this.progress = { ...progress, loss: progress.loss + loss, correct: progress.correct + right };
    return this.progress;
  }

  private async trainEpoch(
    loader: AsyncIterable<Batch>,
    { validation, signal }: FitOptions<Batch>,
  ): Promise<EpochResult> {
    const { model, optimizer, objective, epoch } = this;
    const batches = 'length' in loader ? (loader.length as number) : undefined;
    for (const callback of this.callbacks) await callback.onEpochStart?.(epoch, this);
    const carried = await this.settledProgress();
    if (!Number.isFinite(carried.loss)) {
      throw new NonFiniteLossError(
        `the loss had become ${carried.loss} in epoch ${epoch}: go back to a state before it`,
      );
    }
    const totals = new Totals<'loss' | 'correct'>();
    model.train();
    const start = performance.now();
    const elapsed = () => carried.seconds + (performance.now() - start) / 1000;
    this.totals = totals;
    try {
      for await (const data of this.remaining(loader)) {
        signal?.throwIfAborted();
        const { lr } = optimizer;
        totals.add(optimizer.minimize(() => objective.forward(data), this.minimizing));
        this.scheduler?.step();
        this.step++;
        // What has been read meanwhile, in one piece with other steps: nothing is waited for.
        this.refuseNonFinite(totals);
        const batch = carried.batch + totals.count;
        const size = objective.examples(data);
        const examples = this.progress.examples + size;
        const predictions = this.progress.predictions + (objective.predictions?.(data) ?? size);
        this.progress = { ...carried, batch, examples, predictions, seconds: elapsed(), lr };
        const info = { epoch, batch, batches, step: this.step, examples };
        for (const callback of this.callbacks) await callback.onStep?.(info, this);
      }
    } catch (error) {
      // Frees what waits on the device; the sums so far stay, for stateDict and for the next fit.
      await totals.read().catch(() => {});
      throw error;
    }
    const sums = await totals.read();
    const seconds = elapsed();
    const { batch, examples, predictions, lr } = this.progress;
    if (batch === 0) throw new RangeError('the training loader gave no batch');
    const totalLoss = carried.loss + (sums.loss ?? 0);
    const totalCorrect = carried.correct + (sums.correct ?? 0);
    this.refuseNonFinite(totals);
    this.epoch++;
    this.totals = undefined;
    this.progress = startOfEpoch;
    this.epochStart = undefined;
    const result: EpochResult = {
      epoch,
      step: this.step,
      totalLoss,
      trainLoss: totalLoss / batch,
      trainAccuracy: totalCorrect / predictions,
      totalCorrect,
      examples,
      seconds,
      examplesPerSecond: examples / seconds,
      lr,
      ...(validation && { validation: await this.evaluate(validation) }),
    };
    for (const callback of this.callbacks) await callback.onEpochEnd?.(result, this);
    return result;
  }

  /**
   * The epoch's batches that have not been trained on. To go on in mid-epoch the loader's order is drawn again from the
   * generators as they were when the epoch began, and the generators are then set to where the run had stopped.
   */
  private remaining(loader: AsyncIterable<Batch>): AsyncIterable<Batch> {
    const own = loader instanceof DataLoader ? loader.generator : undefined;
    this.loaderGenerator = own;
    const loaderState = this.loaderState;
    this.loaderState = undefined;
    if (this.progress.batch === 0) {
      if (loaderState !== undefined) own?.setState(loaderState);
      this.epochStart = generatorStates(own);
      return loader;
    }
    if (!(loader instanceof DataLoader)) throw new TypeError('only a DataLoader can go on in the middle of an epoch');
    return resumeEpoch(loader as DataLoader<unknown>, this.epochStart, this.progress.batch) as AsyncIterable<Batch>;
  }
}
