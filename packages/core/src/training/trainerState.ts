import type { DataLoader } from '../data/dataLoader.ts';
import type { Module } from '../nn/module.ts';
import type { StateDict } from '../nn/stateDict.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { Scheduler } from '../optim/scheduler.ts';
import { defaultGenerator } from '../random/defaultGenerator.ts';
import { Generator } from '../random/generator.ts';
import { type HostArray, hostArray } from '../tensor/hostArray.ts';
import type { TrainerCallback } from './trainerCallback.ts';
import { checkNumbers, type EpochProgress, type Numbers, type Position } from './trainerNumbers.ts';
import { TrainerStateError } from './trainerStateError.ts';

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

export const startOfEpoch: EpochProgress = {
  batch: 0,
  examples: 0,
  predictions: 0,
  seconds: 0,
  loss: 0,
  correct: 0,
  lr: 0,
};

/** What a state is captured of. */
export interface TrainerParts {
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly scheduler?: Scheduler;
  readonly callbacks: readonly TrainerCallback[];
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
  callbacks.forEach((callback, index) => {
    for (const [key, values] of Object.entries(callback.tensors?.() ?? {}))
      tensors[`callback.${index}.${key}`] = values;
  });
  const numbers: Numbers = {
    position,
    optimizer: { groups, steps: parameters.map(({ step }) => step) },
    scheduler: scheduler?.stateDict() ?? null,
    callbacks: callbacks.map((callback) => callback.stateDict?.() ?? null),
  };
  return { tensors, metadata: { trainer: JSON.stringify(numbers) } };
}

/**
 * Puts a state into the parts of a trainer: all of it, or nothing.
 *
 * @throws {TrainerStateError} if it is damaged, or of another model, optimizer, scheduler or set of callbacks.
 */
export function restoreState(
  parts: TrainerParts,
  { tensors, metadata }: TrainerState,
): { position: Position; now: GeneratorStates; epochStart: GeneratorStates | undefined } {
  const { model, optimizer, scheduler, callbacks } = parts;
  const under = (prefix: string): StateDict =>
    Object.fromEntries(
      Object.entries(tensors).flatMap(([key, values]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), values] as const] : [],
      ),
    );
  refuseOtherModel(model, under('model.'));
  const numbers = checkNumbers(metadata.trainer, parts);
  const now = generatorsIn(under('generator.now.'));
  if (now === undefined) throw new TrainerStateError('the state has no generator');
  const epochStart = generatorsIn(under('generator.epochStart.'));
  const { groups, steps } = numbers.optimizer;
  const parameters = steps.map((step, index) => ({ step, buffers: under(`optimizer.${index}.`) }));
  checkBuffers(optimizer, parameters);
  // What is cheap to take back comes first; model and optimizer take a state whole or not at all, and the optimizer's fits.
  const before = { scheduler: scheduler?.stateDict(), callbacks: callbacks.map((callback) => snapshot(callback)) };
  try {
    numbers.callbacks.forEach((state, i) => {
      if (state !== null) callbacks[i].loadStateDict?.(state as never, under(`callback.${i}.`));
    });
    if (numbers.scheduler !== null) scheduler?.loadStateDict(numbers.scheduler);
    model.loadStateDict(under('model.'));
    optimizer.loadStateDict({ groups, parameters });
  } catch (cause) {
    if (before.scheduler !== undefined) scheduler?.loadStateDict(before.scheduler);
    for (const takeBack of before.callbacks) takeBack();
    if (cause instanceof TrainerStateError) throw cause;
    throw new TrainerStateError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  defaultGenerator.setState(now.default);
  return { position: numbers.position, now, epochStart };
}

/** Another model has other keys or shapes: its own refusal says which, and comes before anything has been changed. */
function refuseOtherModel(model: Module, weights: StateDict): void {
  const fits = [...model.namedParameters()].every(
    ([name, { shape }]) => name in weights && weights[name].shape.join() === shape.join(),
  );
  if (fits) return;
  try {
    model.loadStateDict(weights);
  } catch (cause) {
    throw new TrainerStateError((cause as Error).message, { cause });
  }
}

/** Gives back what puts a callback into its present state again. */
function snapshot(callback: TrainerCallback): () => void {
  const state = structuredClone(callback.stateDict?.()) as never;
  const tensors = callback.tensors?.() ?? {};
  return () => {
    if (state !== undefined) callback.loadStateDict?.(state, tensors);
  };
}

/** The states of generators, each of which a generator takes. */
function generatorsIn({ default: main, loader }: Partial<StateDict>): GeneratorStates | undefined {
  if (main === undefined) return undefined;
  const [state, own] = [main, loader].map((array) => {
    if (array === undefined) return undefined;
    const { dtype, data } = array;
    if (dtype !== 'uint8') throw new TrainerStateError(`the state of a generator is of ${dtype}, expected bytes`);
    try {
      new Generator().setState(data as Uint8Array);
    } catch (cause) {
      throw new TrainerStateError(`the state of a generator is damaged: ${(cause as Error).message}`, { cause });
    }
    return data as Uint8Array;
  });
  return own === undefined ? { default: state! } : { default: state!, loader: own };
}

/** Each buffer must have its parameter's shape. */
function checkBuffers(optimizer: Optimizer, parameters: readonly { readonly buffers: StateDict }[]): void {
  const trained = optimizer.paramGroups.flatMap(({ params }) => params);
  parameters.forEach(({ buffers }, index) => {
    for (const [name, { shape }] of Object.entries(buffers)) {
      const expected = trained[index].shape;
      if (shape.length === expected.length && shape.every((side, axis) => side === expected[axis])) continue;
      throw new TrainerStateError(
        `the optimizer's ${name} of parameter ${index} has shape [${shape.join(', ')}], expected [${expected.join(', ')}]`,
      );
    }
  });
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
