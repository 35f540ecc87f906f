import {
  type EpochResult,
  NonFiniteLossError,
  type StepInfo,
  type Trainer,
  type TrainerCallback,
} from '@flambeau/core';
import type { EpochFigures, ImageModel } from '@flambeau/vision';
import { InterruptedError } from '../commandLine/failure.ts';
import { howToRun } from '../commandLine/howToRun.ts';
import { breather } from '../commandLine/interrupt.ts';
import { count } from '../console/amounts.ts';
import type { Output } from '../console/output.ts';
import { type ProgressBar, startProgressBar } from '../console/progressBar.ts';
import type { RunFolder } from '../runs/runFolder.ts';

/** What the recorder needs to know of its run; `about` stands in the start event and in the weights' metadata. */
export interface RunRecorderOptions {
  readonly run: RunFolder;
  readonly output: Output;
  readonly model: ImageModel;
  readonly signal: AbortSignal;
  readonly about: {
    readonly task: string;
    readonly model: string;
    readonly recipe: string;
    readonly seed: number;
    readonly epochs: number;
    readonly trainExamples: number;
  };
}

/** What a resumed run needs to know of the epochs before. */
export interface RecorderState {
  readonly history: readonly EpochFigures[];
  readonly best?: { readonly epoch: number; readonly testAccuracy: number };
}

/** Shows how training goes and keeps it in the run folder: epoch lines, events, rows, weights. */
export class RunRecorder implements TrainerCallback {
  history: EpochFigures[] = [];
  /** The epoch whose weights did best on the test set. */
  best: { epoch: number; testAccuracy: number } | undefined;
  private readonly options: RunRecorderOptions;
  private readonly breathe = breather();
  private bar: ProgressBar | undefined;
  private at: StepInfo | undefined;
  private trainer: Trainer | undefined;

  constructor(options: RunRecorderOptions) {
    this.options = options;
  }

  get trainExamples(): number {
    return this.options.about.trainExamples;
  }

  /** The trainer whose state is kept. */
  attach(trainer: Trainer): void {
    this.trainer = trainer;
  }

  async start(): Promise<void> {
    await this.emit({ event: 'start', ...this.options.about });
  }

  stateDict(): RecorderState {
    return { history: this.history, ...(this.best && { best: this.best }) };
  }

  loadStateDict({ history, best }: RecorderState): void {
    this.history = [...history];
    this.best = best;
  }

  /** One event, in `events.jsonl` and, with `--json`, on standard output. */
  async emit(event: object): Promise<void> {
    this.options.output.event(event);
    await this.options.run.appendEvent({ time: new Date().toISOString(), ...event });
  }

  onEpochStart(epoch: number): void | Promise<void> {
    const { output, about } = this.options;
    this.at = undefined;
    this.bar = startProgressBar(output, {
      label: `epoch ${epoch} (${epoch + 1} of ${about.epochs})`,
      total: about.trainExamples,
      amount: count,
      unit: ' images',
    });
    return this.breathe();
  }

  onStep(info: StepInfo): void | Promise<void> {
    this.at = info;
    this.bar?.update(info.examples);
    return this.breathe();
  }

  async onEpochEnd(result: EpochResult): Promise<void> {
    this.stopBar();
    const { output, run } = this.options;
    const { epoch, step, totalLoss, trainLoss, trainAccuracy, totalCorrect, seconds, examplesPerSecond, lr } = result;
    const { loss: testLoss, accuracy: testAccuracy } = result.validation!;
    this.history.push({ epoch, trainLoss, trainAccuracy, testLoss, testAccuracy });
    await this.saveWeights('last', epoch, testAccuracy);
    if (this.best === undefined || testAccuracy > this.best.testAccuracy) {
      this.best = { epoch, testAccuracy };
      await this.saveWeights('best', epoch, testAccuracy);
    }
    await run.appendResult({
      epoch,
      step,
      seconds,
      trainLoss,
      trainAccuracy,
      valLoss: testLoss,
      valAccuracy: testAccuracy,
      lr,
    });
    await this.emit({
      event: 'epoch',
      epoch,
      step,
      trainLoss,
      totalLoss,
      trainAccuracy,
      totalCorrect,
      seconds,
      examplesPerSecond,
      testLoss,
      testAccuracy,
      lr,
    });
    // Last, so that whatever a killed run lacks is done again.
    await this.saveState();
    // The notes' own line, then what they leave out.
    output.say(
      `epoch ${epoch} total_correct: ${totalCorrect} loss: ${totalLoss} ` +
        `test accuracy: ${testAccuracy.toFixed(4)} time: ${seconds.toFixed(1)} s`,
    );
  }

  /**
   * Runs the training; where it is interrupted or its loss breaks, keeps the weights that are good and throws one
   * sentence that says where it stopped and where they are.
   */
  async guard(training: () => Promise<unknown>): Promise<void> {
    try {
      await training();
    } catch (error) {
      this.stopBar();
      if (error instanceof InterruptedError) throw await this.interrupted(error);
      if (error instanceof NonFiniteLossError) throw await this.broken(error);
      throw error;
    } finally {
      this.stopBar();
    }
  }

  private async interrupted(error: InterruptedError): Promise<InterruptedError> {
    const epoch = this.at?.epoch ?? this.history.length;
    const batch = this.at?.batch ?? 0;
    const path = await this.saveWeights('last', epoch);
    await this.saveState();
    await this.options.run.appendEvent({
      time: new Date().toISOString(),
      event: 'interrupted',
      epoch,
      batch,
      checkpoint: path,
    });
    const done = this.at?.batches === undefined ? `${batch}` : `${batch} of ${this.at.batches}`;
    const where =
      batch > 0 ? `interrupted in epoch ${epoch} after ${done} batches` : `interrupted before epoch ${epoch}`;
    const goOn = `go on with: ${howToRun} train ${this.options.about.task} --resume ${this.options.run.path}`;
    return new InterruptedError(`${where}: the weights so far are in ${path}; ${goOn}`, error.exitCode);
  }

  private async saveState(): Promise<void> {
    if (this.trainer !== undefined) await this.options.run.saveResume(await this.trainer.stateDict());
  }

  private async broken(error: NonFiniteLossError): Promise<Error> {
    const { run } = this.options;
    const kept = this.history.at(-1);
    await run.appendEvent({ time: new Date().toISOString(), event: 'failed', message: error.message });
    const where = kept
      ? `the weights of epoch ${kept.epoch}, the last good ones, are in ${run.weights('last')}`
      : 'no epoch was finished, so there are no good weights';
    return new Error(`${error.message}; ${where}`, { cause: error });
  }

  private async saveWeights(name: 'last' | 'best', epoch: number, testAccuracy?: number): Promise<string> {
    const { run, model, about } = this.options;
    return run.saveWeights(name, await model.stateDict(), {
      task: about.task,
      model: about.model,
      recipe: about.recipe,
      seed: String(about.seed),
      epoch: String(epoch),
      ...(testAccuracy !== undefined && { testAccuracy: String(testAccuracy) }),
    });
  }

  private stopBar(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
