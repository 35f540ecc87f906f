import type { DataLoader } from '../data/dataLoader.ts';
import type { Module } from '../nn/module.ts';
import type { StateDict } from '../nn/stateDict.ts';
import type { Optimizer, OptimizerState } from '../optim/optimizer.ts';
import type { Scheduler, SchedulerState } from '../optim/scheduler.ts';
import { defaultGenerator } from '../random/defaultGenerator.ts';
import type { Generator } from '../random/generator.ts';
import { type HostArray, hostArray } from '../tensor/hostArray.ts';

/**
 * A training run between two steps, in the shape of a safetensors file: arrays by name and words by name.
 *
 * @example
 * ```ts
 * const { tensors, metadata } = await trainer.stateDict();
 * await saveSafetensors('resume.safetensors', Object.entries(tensors), metadata);
 * ```
 */
export interface TrainerState {
  readonly tensors: StateDict;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How far an epoch has come. */
export interface EpochProgress {
  readonly batch: number;
  readonly examples: number;
  readonly seconds: number;
  /** The sum of the batches' losses. */
  readonly loss: number;
  readonly correct: number;
  /** The learning rate of the last step. */
  readonly lr: number;
}

export const startOfEpoch: EpochProgress = { batch: 0, examples: 0, seconds: 0, loss: 0, correct: 0, lr: 0 };

/** How far a run has come. */
export interface Position {
  readonly epoch: number;
  readonly step: number;
  readonly progress: EpochProgress;
}

/** What a state is captured of. */
export interface TrainerParts {
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly scheduler?: Scheduler;
  readonly callbacks: readonly { stateDict?(): unknown; loadStateDict?(state: never): void }[];
}

/** The default generator, and the loader's own if it has one. */
export interface GeneratorStates {
  readonly default: Uint8Array;
  readonly loader?: Uint8Array;
}

export function generatorStates(own: Generator | undefined): GeneratorStates {
  const state = { default: defaultGenerator.getState() };
  return own === undefined || own === defaultGenerator ? state : { ...state, loader: own.getState() };
}

/** The plain numbers of a state, as JSON in the metadata. */
interface Numbers {
  readonly position: Position;
  readonly optimizer: { readonly groups: OptimizerState['groups']; readonly steps: readonly number[] };
  readonly scheduler: SchedulerState | null;
  readonly callbacks: readonly unknown[];
}

const bytes = (state: Uint8Array): HostArray => hostArray('uint8', [state.length], state);

export async function captureState(
  { model, optimizer, scheduler, callbacks }: TrainerParts,
  position: Position,
  generators: { readonly now: GeneratorStates; readonly epochStart?: GeneratorStates },
): Promise<TrainerState> {
  const tensors: StateDict = {};
  for (const [key, values] of Object.entries(await model.stateDict())) tensors[`model.${key}`] = values;
  const { groups, parameters } = await optimizer.stateDict();
  for (const [index, { buffers }] of parameters.entries()) {
    for (const [name, values] of Object.entries(buffers)) tensors[`optimizer.${index}.${name}`] = values;
  }
  for (const [when, states] of Object.entries(generators)) {
    for (const [whose, state] of Object.entries(states)) tensors[`generator.${when}.${whose}`] = bytes(state);
  }
  const numbers: Numbers = {
    position,
    optimizer: { groups, steps: parameters.map(({ step }) => step) },
    scheduler: scheduler?.stateDict() ?? null,
    callbacks: callbacks.map((callback) => callback.stateDict?.() ?? null),
  };
  return { tensors, metadata: { trainer: JSON.stringify(numbers) } };
}

export function restoreState(
  { model, optimizer, scheduler, callbacks }: TrainerParts,
  { tensors, metadata }: TrainerState,
): { position: Position; now: GeneratorStates; epochStart: GeneratorStates | undefined } {
  if (metadata.trainer === undefined) throw new Error('expected the state of a Trainer, got a file without one');
  const numbers = JSON.parse(metadata.trainer) as Numbers;
  if (numbers.callbacks.length !== callbacks.length) {
    throw new Error(`the state has ${numbers.callbacks.length} callbacks, the trainer ${callbacks.length}`);
  }
  if ((numbers.scheduler === null) !== (scheduler === undefined)) {
    throw new Error(`the state has ${numbers.scheduler === null ? 'no' : 'a'} scheduler, the trainer differs`);
  }
  const under = (prefix: string): StateDict =>
    Object.fromEntries(
      Object.entries(tensors).flatMap(([key, values]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), values] as const] : [],
      ),
    );
  const { groups, steps } = numbers.optimizer;
  // The model's part comes first: it is checked whole before anything is changed.
  model.loadStateDict(under('model.'));
  optimizer.loadStateDict({
    groups,
    parameters: steps.map((step, index) => ({ step, buffers: under(`optimizer.${index}.`) })),
  });
  if (numbers.scheduler !== null) scheduler?.loadStateDict(numbers.scheduler);
  numbers.callbacks.forEach((state, i) => {
    if (state !== null) callbacks[i].loadStateDict?.(state as never);
  });
  const generators = (when: string): GeneratorStates | undefined => {
    const found = under(`generator.${when}.`);
    if (found.default === undefined) return undefined;
    const state = { default: found.default.data as Uint8Array };
    return found.loader === undefined ? state : { ...state, loader: found.loader.data as Uint8Array };
  };
  const now = generators('now');
  if (now === undefined) throw new Error('the state has no generator');
  defaultGenerator.setState(now.default);
  return { position: numbers.position, now, epochStart: generators('epochStart') };
}

/** The rest of an epoch that has been begun before: see Trainer. */
export async function* resumeEpoch(
  loader: DataLoader<unknown>,
  epochStart: GeneratorStates | undefined,
  skip: number,
): AsyncGenerator<unknown> {
  if (epochStart === undefined)
    throw new Error('the state was taken in mid-epoch, without the generators of its start');
  const now = defaultGenerator.getState();
  defaultGenerator.setState(epochStart.default);
  if (epochStart.loader !== undefined) loader.generator.setState(epochStart.loader);
  let begun = false;
  for await (const batch of loader.iterate({ skip })) {
    if (!begun) defaultGenerator.setState(now);
    begun = true;
    yield batch;
  }
  // Stopped after the last batch: there was nothing left to yield.
  if (!begun) defaultGenerator.setState(now);
}
