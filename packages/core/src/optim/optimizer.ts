import { add, dispose, keep, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type LossResult, valueAndGrad } from '../autograd/valueAndGrad.ts';
import { type Backend, commonBackend } from '../backend/backend.ts';
import { Buffer, Parameter } from '../nn/parameter.ts';
import { type HostArray, hostArray } from '../tensor/hostArray.ts';
import { expectShape } from '../tensor/shape.ts';
import type { GradientList } from './clip.ts';
import {
  definedOnly,
  type FilledGroup,
  type Hyperparameters,
  type ParameterGroup,
  type Trained,
  toGroups,
} from './parameterGroups.ts';

/** What an optimizer remembers, on the host. */
export interface OptimizerState {
  /** For each group its options, which are plain JSON, and its parameters' places. */
  readonly groups: readonly (Readonly<Record<string, unknown>> & {
    readonly lr: number;
    readonly params: readonly number[];
  })[];
  readonly parameters: readonly {
    /** How many gradients the parameter has had. */
    readonly step: number;
    readonly buffers: Readonly<Record<string, HostArray>>;
  }[];
}

/** A parameter whose turn it is, its gradient, and its place in the optimizer. */
export interface UpdateSlot {
  readonly parameter: Parameter;
  readonly grad: Tensor;
  readonly index: number;
}

export interface MinimizeOptions {
  /**
   * Makes of the gradients, in the order of the optimizer's parameters, those that the step uses: the place to clip
   * them. What it makes is freed after the step.
   */
  readonly transformGradients?: (gradients: GradientList) => GradientList;
}

/**
 * The base of all optimizers. One training step is one call, {@link minimize}; whoever computes gradients alone hands
 * them to {@link step}; whoever adds up the gradients of several batches calls {@link accumulate} for each, and then
 * {@link step}.
 *
 * @example
 * ```ts
 * const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
 * const loss = optimizer.minimize(() => F.crossEntropy(net.forward(images), labels));
 *
 * // Groups of parameters with options of their own:
 * new optim.SGD([{ params: net.body.parameters(), lr: 0.001 }, { params: net.head.parameters() }], { lr: 0.01 });
 * ```
 */
export abstract class Optimizer<Hyper extends Hyperparameters = Hyperparameters> {
  /** The groups with all their options, as PyTorch's `param_groups`. Change an option here. */
  readonly paramGroups: FilledGroup<Hyper>[] = [];
  /** For each parameter how many gradients it has had: PyTorch counts parameters one by one, since some may be idle. */
  protected readonly steps: number[] = [];
  /** For each parameter its buffers by name ("expAvg"), made when its first gradient comes. */
  protected readonly buffers: Record<string, Buffer>[] = [];
  private readonly defaults: Hyper;
  private readonly trained: Parameter[] = [];
  private readonly accumulated: (Tensor | null)[] = [];

  /** @param defaults - the options of every group that does not say otherwise. */
  constructor(trained: Trained<object>, defaults: Hyper) {
    this.defaults = defaults;
    for (const group of toGroups(trained)) this.addParamGroup(group as ParameterGroup<Partial<Hyper>>);
  }

  /** Throws if an option is not what it may be. */
  protected abstract check(options: Hyper): void;

  /** Updates parameters of one group, whose gradients are given, in place. */
  protected abstract update(slots: readonly UpdateSlot[], group: FilledGroup<Hyper>): void;

  /** All parameters, group after group. */
  get parameters(): readonly Parameter[] {
    return this.trained;
  }

  /** The learning rate of the first group; setting it sets that of every group. */
  get lr(): number {
    return this.paramGroups[0].lr;
  }

  set lr(value: number) {
    for (const group of this.paramGroups) group.lr = value;
  }

  /**
   * Takes on more parameters, as when a layer is unfrozen.
   *
   * @throws {RangeError} if a parameter is in a group already, or an option is not what it may be.
   */
  addParamGroup(group: ParameterGroup<Partial<Hyper>>): void {
    const params = [...group.params];
    if (params.length === 0) throw new RangeError('optimizer: expected at least one parameter in each group');
    if (!params.every((parameter) => parameter instanceof Parameter)) {
      throw new TypeError('optimizer: expected nn.Parameters, got another kind of tensor');
    }
    if (new Set([...this.trained, ...params]).size !== this.trained.length + params.length) {
      throw new RangeError('optimizer: expected each parameter in one group only, got one twice');
    }
    const filled = { ...this.defaults, ...definedOnly(group), params } as FilledGroup<Hyper>;
    checkNonNegative('lr', filled.lr);
    this.check(filled);
    this.paramGroups.push(filled);
    for (const parameter of params) {
      this.trained.push(parameter);
      this.steps.push(0);
      this.buffers.push({});
      this.accumulated.push(null);
    }
  }

  /**
   * One training step: forward, gradients, update (`zero_grad`, `backward` and `step` in one). Leaves no tensor behind
   * but what it returns, also when `f` throws.
   *
   * @param f - returns the loss, or `{ loss, … }` with further tensors to hand out.
   * @returns what `f` returned; its tensors belong to the caller or to the `tidy` around the call.
   *
   * @example
   * ```ts
   * optimizer.minimize(lossOfBatch, { transformGradients: (g) => optim.clipGradNorm(g, 1).gradients });
   * ```
   */
  minimize<R extends LossResult>(f: () => R, { transformGradients }: MinimizeOptions = {}): R {
    const { value, gradients } = this.differentiate(f);
    try {
      if (transformGradients === undefined) this.applyGradients(gradients);
      else this.backend.run(() => tidy(() => this.applyGradients(transformGradients(gradients))));
    } catch (error) {
      dispose(value as Tensor);
      throw error;
    } finally {
      dispose(gradients as Tensor[]);
    }
    return value;
  }

  /**
   * Adds the gradients of a loss to those that wait for the next {@link step} (`loss.backward()` without `zero_grad`): the
   * way to train with more examples a step than memory holds. A mean over all of them is the sum of the parts' losses,
   * each divided by their number.
   *
   * @returns what `f` returned, as {@link minimize}.
   *
   * @example
   * ```ts
   * for (const part of parts) optimizer.accumulate(() => tf.div(lossOf(part), parts.length));
   * optimizer.step();
   * ```
   */
  accumulate<R extends LossResult>(f: () => R): R {
    const { value, gradients } = this.differentiate(f);
    this.backend.run(() =>
      gradients.forEach((gradient, index) => {
        if (gradient === null) return;
        const sofar = this.accumulated[index];
        this.accumulated[index] = keep(sofar === null ? gradient : add(sofar, gradient));
        if (sofar !== null) dispose([sofar, gradient]);
      }),
    );
    return value;
  }

  /** What {@link accumulate} has added up so far, in the order of the parameters: null where there is none. */
  get gradients(): GradientList {
    return this.accumulated;
  }

  /** Forgets what {@link accumulate} has added up. */
  zeroGrad(): void {
    this.accumulated.forEach((gradient, index) => {
      gradient?.dispose();
      this.accumulated[index] = null;
    });
  }

  /**
   * Updates the parameters by the gradients given in their order; those without one (null) stay as they are. Without an
   * argument the accumulated gradients are used. What had been accumulated is forgotten.
   *
   * @example
   * ```ts
   * tf.tidy(() => optimizer.step(optim.clipGradNorm(optimizer.gradients, 1).gradients));
   * ```
   */
  step(gradients: GradientList = this.accumulated): void {
    this.applyGradients(gradients);
    this.zeroGrad();
  }

  /** The loss and, for every parameter, its gradient or null. */
  private differentiate<R extends LossResult>(f: () => R): { value: R; gradients: (Tensor | null)[] } {
    const wanted = this.trained.filter((parameter) => parameter.requiresGrad);
    const { value, grads } = valueAndGrad(f, wanted);
    const byParameter = new Map(wanted.map((parameter, i) => [parameter, grads[i]]));
    return { value, gradients: this.trained.map((parameter) => byParameter.get(parameter) ?? null) };
  }

  private applyGradients(gradients: GradientList): void {
    if (gradients.length !== this.trained.length) {
      throw new RangeError(`optimizer: expected ${this.trained.length} gradients, got ${gradients.length}`);
    }
    let first = 0;
    const turns = this.paramGroups.map((group) => {
      const slots = group.params.flatMap((parameter, i) => {
        const index = first + i;
        const grad = gradients[index];
        if (grad === null || !parameter.requiresGrad) return [];
        expectShape('optimizer', `the gradient of ${parameter.name}`, grad, parameter.shape);
        return [{ parameter, grad, index }];
      });
      first += group.params.length;
      return { group, slots };
    });
    for (const { group, slots } of turns) {
      if (slots.length === 0) continue;
      for (const { index } of slots) this.steps[index]++;
      this.backend.run(() => tidy(() => this.update(slots, group)));
    }
  }

  /** The backend of the parameters. */
  get backend(): Backend {
    return commonBackend('optimizer', this.trained);
  }

  /** The buffer of this name for a parameter, made of zeros on its backend if it is not there yet. */
  protected buffer(index: number, name: string): Buffer {
    const own = this.buffers[index];
    if (own[name] === undefined) {
      const { shape, size } = this.trained[index];
      own[name] = new Buffer(hostArray('float32', shape, new Float32Array(size)), { backend: this.backend });
    }
    return own[name];
  }

  /** Reads back all that is needed to go on exactly: the groups' options, step counts and buffers. */
  async stateDict(): Promise<OptimizerState> {
    let first = 0;
    const groups = this.paramGroups.map(({ params, ...options }) => {
      const places = params.map((_, i) => first + i);
      first += params.length;
      return structuredClone({ ...options, params: places }) as unknown as OptimizerState['groups'][number];
    });
    const parameters: { step: number; buffers: Record<string, HostArray> }[] = [];
    for (const [index, own] of this.buffers.entries()) {
      const buffers: Record<string, HostArray> = {};
      for (const [name, buffer] of Object.entries(own)) buffers[name] = await buffer.toHost();
      parameters.push({ step: this.steps[index], buffers });
    }
    return { groups, parameters };
  }

  /**
   * Takes over what {@link stateDict} gave, for the same parameters in the same groups and order; the options of the
   * groups are those of the state from then on, as in PyTorch.
   *
   * @throws {RangeError} if groups or parameters are not as many, or a shape is not its parameter's; nothing is changed
   *   then.
   */
  loadStateDict(state: OptimizerState): void {
    const sizes = (groups: readonly { readonly params: readonly unknown[] }[]) =>
      groups.map(({ params }) => params.length).join(', ');
    if (sizes(state.groups) !== sizes(this.paramGroups) || state.parameters.length !== this.trained.length) {
      throw new RangeError(
        `optimizer: expected the state of groups of [${sizes(this.paramGroups)}] parameters, got that of [${sizes(state.groups)}]`,
      );
    }
    const { backend } = this;
    const restored: Record<string, Buffer>[] = [];
    try {
      state.parameters.forEach(({ buffers }, index) => {
        const own: Record<string, Buffer> = {};
        restored.push(own);
        for (const [name, array] of Object.entries(buffers)) {
          own[name] = new Buffer(array, { backend });
          expectShape('optimizer', `${name} of ${this.trained[index].name}`, own[name], this.trained[index].shape);
        }
      });
    } catch (error) {
      for (const own of restored) disposeAll(own);
      throw error;
    }
    state.parameters.forEach(({ step }, index) => {
      disposeAll(this.buffers[index]);
      this.buffers[index] = restored[index];
      this.steps[index] = step;
    });
    state.groups.forEach(({ params: _, ...options }, i) => {
      Object.assign(this.paramGroups[i], structuredClone(options));
    });
  }

  /** Frees the buffers and what has been accumulated; the parameters are the model's. */
  dispose(): void {
    this.zeroGrad();
    this.buffers.forEach((own, index) => {
      disposeAll(own);
      this.buffers[index] = {};
    });
  }
}

function disposeAll(buffers: Readonly<Record<string, Buffer>>): void {
  for (const buffer of Object.values(buffers)) buffer.dispose();
}

export function checkNonNegative(name: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value)))
    throw new RangeError(`optimizer: expected ${name} of at least 0, got ${value}`);
}

export function checkFraction(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new RangeError(`optimizer: expected ${name} in [0, 1), got ${value}`);
}
