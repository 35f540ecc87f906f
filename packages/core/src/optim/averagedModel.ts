import { add, clone, mul, sub, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import { Module } from '../nn/module.ts';
import { Counter } from '../nn/parameter.ts';
import { defaultGenerator } from '../random/defaultGenerator.ts';
import { formatShape, ShapeError } from '../tensor/shape.ts';

/**
 * Moves averages on: `averaged[i]`, in place, by `current[i]`, when `numAveraged` models have gone into them. `mix` is for
 * whole numbers, which are kept on the host.
 */
export interface MultiAvgFn {
  (averaged: readonly Variable[], current: readonly Tensor[], numAveraged: number): void;
  /** The new average of a number; the model's own where this is absent. */
  readonly mix?: (averaged: number, current: number, numAveraged: number) => number;
}

/**
 * An exponential moving average: a ← decay·a + (1 − decay)·θ (`torch.optim.swa_utils.get_ema_multi_avg_fn`).
 *
 * @param decay - how much of the average stays. Default 0.999.
 * @throws {RangeError} unless it is between 0 and 1.
 */
export function getEmaMultiAvgFn(decay = 0.999): MultiAvgFn {
  if (!(decay >= 0 && decay <= 1)) {
    throw new RangeError(`getEmaMultiAvgFn: expected a decay between 0 and 1, got ${decay}`);
  }
  const average = (averaged: readonly Variable[], current: readonly Tensor[]) =>
    averaged.forEach((target, i) => {
      lerp_(target, current[i], 1 - decay);
    });
  // PyTorch computes in float32 and cuts off what lies behind the point.
  const mix = (averaged: number, current: number) =>
    Math.trunc(Math.fround(Math.fround(averaged * decay) + Math.fround(current * (1 - decay))));
  return Object.assign(average, { mix });
}

/**
 * The average of all models so far, each weighing the same: a ← a + (θ − a)/(n + 1)
 * (`torch.optim.swa_utils.get_swa_multi_avg_fn`).
 *
 * Source: Izmailov et al., arXiv 1803.05407.
 */
export function getSwaMultiAvgFn(): MultiAvgFn {
  const average = (averaged: readonly Variable[], current: readonly Tensor[], numAveraged: number) =>
    averaged.forEach((target, i) => {
      lerp_(target, current[i], 1 / (numAveraged + 1));
    });
  const mix = (averaged: number, current: number, numAveraged: number) =>
    Math.trunc(averaged + (current - averaged) / (numAveraged + 1));
  return Object.assign(average, { mix });
}

/** As `torch.lerp`, which starts from the nearer end. */
function lerp_(target: Variable, end: Tensor, weight: number): void {
  tidy(() => {
    const difference = sub(end, target);
    target.assign(weight < 0.5 ? add(target, mul(difference, weight)) : sub(end, mul(difference, 1 - weight)));
  });
}

export interface AveragedModelOptions<Model extends Module> {
  /** Makes another model of the same kind, which takes on the values of the first: the part of PyTorch's `deepcopy`. */
  readonly copy: () => Model;
  /** How averages move on. Default: {@link getSwaMultiAvgFn}. */
  readonly multiAvgFn?: MultiAvgFn;
  /** Averages buffers (running statistics), too; otherwise they are the model's own of the last update. Default false. */
  readonly useBuffers?: boolean;
}

/**
 * The average of a model's weights over its training, which often does better than the weights of any one step
 * (`torch.optim.swa_utils.AveragedModel`). Call {@link updateParameters} after every step; evaluate the average as one
 * does any model. Its state dict has PyTorch's keys (`n_averaged`, `module.conv1.weight`): it goes both ways, and into
 * the state of a run.
 *
 * Attributes: `module` is the averaged model, `nAveraged` counts the models that have gone into it.
 *
 * @param model - the model that is trained; the average starts as a copy of it.
 * @throws {ShapeError} if `copy` makes another kind of model.
 *
 * @example
 * ```ts
 * const averaged = new optim.AveragedModel(net, { copy: () => new Net(), multiAvgFn: optim.getEmaMultiAvgFn(0.999), useBuffers: true });
 * for await (const [x, y] of loader) {
 *   optimizer.minimize(() => F.crossEntropy(net.forward(x), y)).dispose();
 *   averaged.updateParameters(net);
 * }
 * await evaluate(averaged.module, testLoader);
 * ```
 *
 * Source: Polyak and Juditsky, 1992; Izmailov et al., arXiv 1803.05407.
 */
export class AveragedModel<Model extends Module> extends Module {
  nAveraged: Counter;
  module: Model;
  private readonly multiAvgFn: MultiAvgFn;
  private readonly useBuffers: boolean;

  constructor(model: Model, options: AveragedModelOptions<Model>) {
    super();
    const { copy, multiAvgFn = getSwaMultiAvgFn(), useBuffers = false } = options;
    this.nAveraged = new Counter();
    // Initialising the copy draws random numbers, which copying one would not.
    const state = defaultGenerator.getState();
    this.module = copy();
    defaultGenerator.setState(state);
    this.multiAvgFn = multiAvgFn;
    this.useBuffers = useBuffers;
    const { parameters, buffers, counters } = this.pairs(model);
    this.run(() => copyAll([...parameters, ...buffers]));
    for (const [own, theirs] of counters) own.value = theirs.value;
  }

  forward(...inputs: Parameters<Model['forward']>): ReturnType<Model['forward']> {
    return this.module.forward(...inputs) as ReturnType<Model['forward']>;
  }

  /** Takes the model's present weights into the average (`update_parameters`); the first ones become the average. */
  updateParameters(model: Model): void {
    const { parameters, buffers, counters } = this.pairs(model);
    const { multiAvgFn, useBuffers } = this;
    const numAveraged = this.nAveraged.value;
    const averaged = useBuffers ? [...parameters, ...buffers] : parameters;
    this.run(() => {
      if (numAveraged === 0) copyAll(averaged);
      else {
        multiAvgFn(
          averaged.map(([own]) => own),
          averaged.map(([, theirs]) => theirs),
          numAveraged,
        );
      }
      if (!useBuffers) copyAll(buffers);
    });
    for (const [own, theirs] of counters) {
      const mixed = useBuffers && numAveraged > 0 ? multiAvgFn.mix?.(own.value, theirs.value, numAveraged) : undefined;
      own.value = mixed ?? theirs.value;
    }
    this.nAveraged.value++;
  }

  private run(f: () => void): void {
    commonBackend('AveragedModel', [...this.module.parameters(), ...this.module.buffers()]).run(f);
  }

  /** What belongs together of the average and a model. */
  private pairs(model: Model): {
    parameters: readonly Pair[];
    buffers: readonly Pair[];
    counters: (readonly [Counter, Counter])[];
  } {
    return {
      parameters: paired(this.module.namedParameters(), model.namedParameters()),
      buffers: paired(this.module.namedBuffers(), model.namedBuffers()),
      counters: countersOf(this.module).map((own, i) => [own, countersOf(model)[i]] as const),
    };
  }
}

type Pair = readonly [own: Variable, theirs: Variable];

function copyAll(pairs: readonly Pair[]): void {
  tidy(() => {
    for (const [own, theirs] of pairs) own.assign(clone(theirs));
  });
}

function paired(own: ReadonlyMap<string, Variable>, theirs: ReadonlyMap<string, Variable>): Pair[] {
  const keys = new Set([...own.keys(), ...theirs.keys()]);
  return [...keys].map((key) => {
    const [mine, given] = [own.get(key), theirs.get(key)];
    if (mine === undefined || given === undefined || formatShape(mine.shape) !== formatShape(given.shape)) {
      const shown = (tensor: Variable | undefined) => (tensor ? formatShape(tensor.shape) : 'nothing');
      throw new ShapeError(`AveragedModel: ${key} is ${shown(mine)} in the average and ${shown(given)} in the model`);
    }
    return [mine, given] as const;
  });
}

function countersOf(model: Module): Counter[] {
  return model.modules().flatMap((module) => Object.values(module).filter((value) => value instanceof Counter));
}
