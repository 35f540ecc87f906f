import { nestsAtMost } from '../io/jsonMembers.ts';
import type { Optimizer, OptimizerState } from '../optim/optimizer.ts';
import type { Scheduler, SchedulerState } from '../optim/scheduler.ts';
import { TrainerStateError } from './trainerStateError.ts';

/** How far an epoch has come. */
export interface EpochProgress {
  readonly batch: number;
  readonly examples: number;
  /** What accuracy is a share of: tokens, say, where examples are sentences. */
  readonly predictions: number;
  readonly seconds: number;
  /** The sum of the batches' losses. */
  readonly loss: number;
  readonly correct: number;
  /** The learning rate of the last step. */
  readonly lr: number;
}

/** How far a run has come. */
export interface Position {
  readonly epoch: number;
  readonly step: number;
  readonly progress: EpochProgress;
}

/** The plain numbers of a state, as JSON in the metadata. */
export interface Numbers {
  readonly position: Position;
  readonly optimizer: { readonly groups: OptimizerState['groups']; readonly steps: readonly number[] };
  readonly scheduler: SchedulerState | null;
  readonly callbacks: readonly unknown[];
}

/** Schedulers may hold schedulers; no state nests deeper than a few. */
const MAX_DEPTH = 64;

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new TrainerStateError(`the state has no ${what}, expected an object`);
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TrainerStateError(`the state has no ${what}, expected a list`);
}

function checkCount(value: unknown, what: string): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw new TrainerStateError(`the state's ${what} is no whole number of at least 0`);
}

function checkNumber(value: unknown, what: string): void {
  if (!Number.isFinite(value)) throw new TrainerStateError(`the state's ${what} is no number`);
}

/** Whether a value is built as another is: numbers where it has numbers, and no other names. */
function checkAlike(value: unknown, like: unknown, what: string): void {
  const kind = (item: unknown) => (Array.isArray(item) ? 'list' : item === null ? 'null' : typeof item);
  if (kind(value) !== kind(like) || (typeof value === 'number' && !Number.isFinite(value))) {
    throw new TrainerStateError(`the state's ${what} is a ${kind(value)}, expected a ${kind(like)}`);
  }
  if (typeof like !== 'object' || like === null) return;
  if (Array.isArray(like)) {
    // Lists may be longer or shorter than they are now: a best figure that there is not yet.
    (value as readonly unknown[]).forEach((item, i) => {
      checkAlike(item, like[0] ?? 0, `${what}[${i}]`);
    });
    return;
  }
  for (const [name, item] of Object.entries(like)) checkAlike((value as Fields)[name], item, `${what}.${name}`);
}

/**
 * Reads the numbers of a state and holds them against the parts that shall take them over.
 *
 * @throws {TrainerStateError} if they are damaged or of other parts.
 */
export function checkNumbers(
  json: string | undefined,
  parts: { readonly optimizer: Optimizer; readonly scheduler?: Scheduler; readonly callbacks: readonly unknown[] },
): Numbers {
  if (json === undefined) throw new TrainerStateError('expected the state of a Trainer, got a file without one');
  if (!nestsAtMost(json, MAX_DEPTH)) throw new TrainerStateError(`the state's numbers nest deeper than ${MAX_DEPTH}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new TrainerStateError("the state's numbers are no JSON", { cause });
  }
  const { position, optimizer, scheduler = null, callbacks } = fieldsOf(parsed, 'numbers');
  checkPosition(fieldsOf(position, 'position'));
  const { groups, steps } = fieldsOf(optimizer, 'optimizer');
  const count = checkGroups(listOf(groups, 'parameter groups'), parts.optimizer);
  const counts = listOf(steps, "list of the optimizer's steps");
  for (const step of counts) checkCount(step, "optimizer's step");
  if (counts.length !== count) {
    throw new TrainerStateError(`the state is of ${counts.length} parameters, expected ${count}`);
  }
  if ((scheduler === null) !== (parts.scheduler === undefined)) {
    throw new TrainerStateError(`the state has ${scheduler === null ? 'no' : 'a'} scheduler, the trainer differs`);
  }
  if (scheduler !== null) checkAlike(scheduler, parts.scheduler?.stateDict(), 'scheduler');
  const { length } = listOf(callbacks, 'list of callbacks');
  if (length !== parts.callbacks.length) {
    throw new TrainerStateError(`the state has ${length} callbacks, the trainer ${parts.callbacks.length}`);
  }
  return { ...(parsed as Numbers), scheduler: scheduler as Numbers['scheduler'] };
}

function checkPosition({ epoch, step, progress }: Fields): void {
  checkCount(epoch, 'epoch');
  checkCount(step, 'step');
  const { batch, examples, predictions, correct, seconds, loss, lr } = fieldsOf(progress, 'progress');
  checkCount(batch, 'batch');
  checkCount(examples, 'count of examples');
  checkCount(predictions, 'count of predictions');
  checkCount(correct, 'count of right answers');
  checkNumber(seconds, 'seconds');
  checkNumber(loss, 'loss');
  checkNumber(lr, 'learning rate');
}

/** Groups of as many parameters, with options of the same kinds; returns the number of parameters. */
function checkGroups(groups: readonly unknown[], { paramGroups }: Optimizer): number {
  const sizes = (all: readonly Fields[]) =>
    all.map(({ params }) => (Array.isArray(params) ? params.length : 0)).join(', ');
  const given = groups.map((group) => fieldsOf(group, 'parameter group'));
  const own = paramGroups as unknown as readonly Fields[];
  if (sizes(given) !== sizes(own)) {
    throw new TrainerStateError(`the state has groups of [${sizes(given)}] parameters, expected [${sizes(own)}]`);
  }
  given.forEach(({ params: _, ...options }, i) => {
    const { params: __, ...like } = own[i];
    checkAlike(options, like, `parameter group ${i}`);
  });
  return paramGroups.reduce((sum, { params }) => sum + params.length, 0);
}
