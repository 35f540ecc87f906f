import {
  BackendLostError,
  callbacks,
  type EpochResult,
  type FitControl,
  NonFiniteLossError,
  type nn,
  type StepInfo,
  type TrainerCallback,
  TrainerStateError,
} from '@flambeau/core';
import type { EpochFigures } from '@flambeau/vision';
import { InterruptedError } from '../commandLine/failure.ts';
import { howToRun } from '../commandLine/howToRun.ts';
import { count } from '../console/amounts.ts';
import type { Output } from '../console/output.ts';
import { type ProgressBar, startProgressBar } from '../console/progressBar.ts';
import type { RunFolder } from '../runs/runFolder.ts';

/** What the recorder needs to know of its run; `about` stands in the start event and in the weights' metadata. */
export interface RunRecorderOptions {
  readonly run: RunFolder;
  readonly output: Output;
  readonly model: nn.Module;
  /** What each epoch's weights are evaluated on: part of the names of its figures (`testLoss`, `validationLoss`). */
  readonly heldOut: HeldOut;
  /** What the weights' metadata say beside `about`: what a model is rebuilt from. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What the progress bar counts, as it stands after a number: ` images`. */
  readonly unit: string;
  /** The folder to be given to `--resume`. Default: the run's own. */
  readonly resumeAs?: string;
  readonly about: {
    readonly task: string;
    readonly model: string;
    readonly recipe: string;
    readonly seed: number;
    readonly epochs: number;
    readonly trainExamples: number;
    /** Stop after so many epochs in a row without a better accuracy on what is held out. */
    readonly patience?: number;
  };
}

export type HeldOut = 'test' | 'validation';

/** What a resumed run needs to know of the epochs before. */
export interface RecorderState {
  readonly history: readonly EpochFigures[];
}

/** Only a log that a run in this very folder has begun is ever replaced. */
const ours = { overwrite: true };

/**
 * Shows how training goes and keeps it in the run folder. The work is done by core's callbacks (progress, best weights,
 * rows, events); what is the command line's own stands here: its lines, its events' form, the last weights and the state.
 */
export class RunRecorder implements TrainerCallback {
  history: EpochFigures[] = [];
  private readonly options: RunRecorderOptions;
  private readonly bestWeights: callbacks.BestWeights;
  private readonly stopping: callbacks.EarlyStopping | undefined;
  private readonly events: callbacks.JsonlLog;
  private bar: ProgressBar | undefined;
  private at: StepInfo | undefined;
  private trainer: FitControl | undefined;

  constructor(options: RunRecorderOptions) {
    this.options = options;
    this.bestWeights = new callbacks.BestWeights({
      monitor: 'val/accuracy',
      save: async (weights, { epoch, validation }) => {
        await this.writeWeights('best', weights, epoch, validation!.accuracy);
      },
    });
    const { patience } = options.about;
    this.stopping =
      patience === undefined ? undefined : new callbacks.EarlyStopping({ monitor: 'val/accuracy', patience });
    this.events = new callbacks.JsonlLog(options.run.events, {
      ...ours,
      event: (result) => ({ time: new Date().toISOString(), ...epochEvent(result, options.heldOut) }),
    });
  }

  /** What the trainer is to be given, in this order: the state comes last, so that whatever a killed run lacks is done again. */
  get callbacks(): TrainerCallback[] {
    const progress = new callbacks.Progress({ show: ({ examples }) => this.bar?.update(examples) });
    const lastWeights: TrainerCallback = {
      onEpochEnd: async ({ epoch, validation }) => {
        await this.saveWeights('last', epoch, validation!.accuracy);
      },
    };
    const rows = new callbacks.CsvLog(this.options.run.results, ours);
    const stopping = this.stopping === undefined ? [] : [this.stopping];
    return [progress, lastWeights, this.bestWeights, ...stopping, rows, this.events, this];
  }

  get trainExamples(): number {
    return this.options.about.trainExamples;
  }

  /** The epoch whose weights did best on what is held out. */
  get best(): { readonly epoch: number; readonly accuracy: number } | undefined {
    const { best, bestEpoch } = this.bestWeights;
    return best === undefined ? undefined : { epoch: bestEpoch, accuracy: best };
  }

  /** After the logs have been cut back to where the run stands. */
  async onFitStart(trainer: FitControl): Promise<void> {
    this.trainer = trainer;
    await this.emit({ event: 'start', ...this.options.about });
  }

  stateDict(): RecorderState {
    return { history: this.history };
  }

  loadStateDict({ history }: RecorderState): void {
    const isFigures = (figures: unknown) =>
      typeof figures === 'object' && figures !== null && Object.values(figures).every(Number.isFinite);
    if (!Array.isArray(history) || !history.every(isFigures)) {
      throw new TrainerStateError("the state of the run's history is no list of figures");
    }
    this.history = [...history];
  }

  /** One event, in `events.jsonl` and, with `--json`, on standard output. */
  async emit(event: object): Promise<void> {
    this.options.output.event(event);
    await this.note(event);
  }

  private note(event: object): Promise<void> {
    return this.events.write({ time: new Date().toISOString(), ...event });
  }

  onEpochStart(epoch: number): void {
    const { output, about, unit } = this.options;
    this.at = undefined;
    this.bar = startProgressBar(output, {
      label: `epoch ${epoch} (${epoch + 1} of ${about.epochs})`,
      total: about.trainExamples,
      amount: count,
      unit,
    });
  }

  onStep(info: StepInfo): void {
    this.at = info;
  }

  async onEpochEnd(result: EpochResult): Promise<void> {
    this.stopBar();
    const { output, heldOut } = this.options;
    const { epoch, totalLoss, trainLoss, trainAccuracy, totalCorrect, seconds } = result;
    const { loss: testLoss, accuracy: testAccuracy } = result.validation!;
    this.history.push({ epoch, trainLoss, trainAccuracy, testLoss, testAccuracy });
    output.event(epochEvent(result, heldOut));
    await this.saveState();
    // The notes' own line, then what they leave out.
    output.say(
      `epoch ${epoch} total_correct: ${totalCorrect} loss: ${totalLoss} ` +
        `${heldOut} accuracy: ${testAccuracy.toFixed(4)} time: ${seconds.toFixed(1)} s`,
    );
  }

  /**
   * Runs the training; where it is interrupted or its loss breaks, keeps the weights that are good and throws one
   * sentence that says where it stopped and where they are.
   */
  async guard(training: () => Promise<unknown>): Promise<void> {
    try {
      await training();
      await this.sayWhyStopped();
    } catch (error) {
      this.stopBar();
      if (error instanceof InterruptedError) throw await this.interrupted(error);
      if (error instanceof NonFiniteLossError) throw await this.broken(error);
      if (error instanceof BackendLostError) throw await this.lost(error);
      throw error;
    } finally {
      this.stopBar();
    }
  }

  /** A run that its patience has ended says so; at its last epoch it has ended anyway. */
  private async sayWhyStopped(): Promise<void> {
    const { about, output, heldOut } = this.options;
    const { patience = 0 } = about;
    if (this.stopping === undefined || this.stopping.wait < patience || this.history.length >= about.epochs) return;
    const [epoch, { bestEpoch }] = [this.history.length - 1, this.stopping];
    await this.emit({ event: 'stopped', epoch, patience, bestEpoch });
    output.say(
      `stopped after epoch ${epoch}: no better ${heldOut} accuracy than epoch ${bestEpoch}'s in ${patience} epochs`,
    );
  }

  private async interrupted(error: InterruptedError): Promise<InterruptedError> {
    const epoch = this.at?.epoch ?? this.history.length;
    const batch = this.at?.batch ?? 0;
    const path = await this.saveWeights('last', epoch);
    await this.saveState();
    await this.note({ event: 'interrupted', epoch, batch, checkpoint: path });
    const done = this.at?.batches === undefined ? `${batch}` : `${batch} of ${this.at.batches}`;
    const where =
      batch > 0 ? `interrupted in epoch ${epoch} after ${done} batches` : `interrupted before epoch ${epoch}`;
    const goOn = `go on with: ${howToRun} train ${this.options.about.task} --resume ${this.options.resumeAs ?? this.options.run.path}`;
    return new InterruptedError(`${where}: the weights so far are in ${path}; ${goOn}`, error.exitCode);
  }

  private async saveState(): Promise<void> {
    if (this.trainer !== undefined) await this.options.run.saveResume(await this.trainer.stateDict());
  }

  private async broken(error: NonFiniteLossError): Promise<Error> {
    const { run } = this.options;
    const kept = this.history.at(-1);
    await this.note({ event: 'failed', message: error.message });
    const where = kept
      ? `the weights of epoch ${kept.epoch}, the last good ones, are in ${run.weights('last')}`
      : 'no epoch was finished, so there are no good weights';
    return new Error(`${error.message}; ${where}`, { cause: error });
  }

  private async lost(error: BackendLostError): Promise<Error> {
    const { run, about } = this.options;
    await this.note({ event: 'failed', message: error.message });
    const kept = this.history.at(-1);
    const goOn = kept
      ? `; the weights of epoch ${kept.epoch} are in ${run.weights('last')}; go on with: ${howToRun} train ${about.task} --resume ${run.path}`
      : '; no epoch was finished';
    return new Error(`the GPU was lost in epoch ${this.at?.epoch ?? this.history.length}${goOn}`, { cause: error });
  }

  private async saveWeights(name: 'last' | 'best', epoch: number, accuracy?: number): Promise<string> {
    return this.writeWeights(name, await this.options.model.stateDict(), epoch, accuracy);
  }

  private writeWeights(name: 'last' | 'best', weights: nn.StateDict, epoch: number, accuracy?: number) {
    const { run, about, heldOut, metadata } = this.options;
    return run.saveWeights(name, weights, {
      task: about.task,
      model: about.model,
      recipe: about.recipe,
      seed: String(about.seed),
      epoch: String(epoch),
      ...metadata,
      ...(accuracy !== undefined && { [`${heldOut}Accuracy`]: String(accuracy) }),
    });
  }

  private stopBar(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}

/** The event of an epoch, as scripts rely on it. */
function epochEvent(result: EpochResult, heldOut: HeldOut) {
  const { epoch, step, trainLoss, totalLoss, trainAccuracy, totalCorrect, seconds, examplesPerSecond, lr } = result;
  const { loss, accuracy } = result.validation!;
  return {
    event: 'epoch',
    epoch,
    step,
    trainLoss,
    totalLoss,
    trainAccuracy,
    totalCorrect,
    seconds,
    examplesPerSecond,
    [`${heldOut}Loss`]: loss,
    [`${heldOut}Accuracy`]: accuracy,
    lr,
  };
}
