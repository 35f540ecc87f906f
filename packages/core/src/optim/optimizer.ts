import { dispose, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type LossResult, valueAndGrad } from '../autograd/valueAndGrad.ts';
import { type Backend, commonBackend } from '../backend/backend.ts';
import { Buffer, Parameter } from '../nn/parameter.ts';
import { type HostArray, hostArray } from '../tensor/hostArray.ts';
import { expectShape } from '../tensor/shape.ts';

/** What an optimizer remembers, on the host. */
export interface OptimizerState {
  readonly lr: number;
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

/**
 * The base of all optimizers. One training step is one call, {@link minimize}; whoever computes gradients alone hands
 * them to {@link step}.
 *
 * @example
 * ```ts
 * const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
 * const loss = optimizer.minimize(() => F.crossEntropy(net.forward(images), labels));
 * ```
 */
export abstract class Optimizer {
  readonly parameters: readonly Parameter[];
  /** The learning rate of the next step; schedulers change it. */
  lr: number;
  /** For each parameter how many gradients it has had: PyTorch counts parameters one by one, since some may be idle. */
  protected readonly steps: number[];
  /** For each parameter its buffers by name ("expAvg"), made when its first gradient comes. */
  protected readonly buffers: Record<string, Buffer>[];

  constructor(parameters: Iterable<Parameter>, lr: number) {
    this.parameters = [...parameters];
    if (this.parameters.length === 0) throw new RangeError('optimizer: expected at least one parameter');
    const stray = this.parameters.find((parameter) => !(parameter instanceof Parameter));
    if (stray !== undefined) throw new TypeError('optimizer: expected nn.Parameters, got another kind of tensor');
    checkNonNegative('lr', lr);
    this.lr = lr;
    this.buffers = this.parameters.map(() => ({}));
    this.steps = this.parameters.map(() => 0);
  }

  /** Updates the parameters whose gradients are given, in place. */
  protected abstract update(slots: readonly UpdateSlot[]): void;

  /**
   * One training step: forward, gradients, update (`zero_grad`, `backward` and `step` in one). Leaves no tensor behind
   * but what it returns, also when `f` throws.
   *
   * @param f - returns the loss, or `{ loss, … }` with further tensors to hand out.
   * @returns what `f` returned; its tensors belong to the caller or to the `tidy` around the call.
   */
  minimize<R extends LossResult>(f: () => R): R {
    const trained = this.parameters.filter((parameter) => parameter.requiresGrad);
    const { value, grads } = valueAndGrad(f, trained);
    const byParameter = new Map(trained.map((parameter, i) => [parameter, grads[i]]));
    try {
      this.step(this.parameters.map((parameter) => byParameter.get(parameter) ?? null));
    } finally {
      dispose(grads.filter((gradient) => gradient !== null));
    }
    return value;
  }

  /** Updates the parameters by the gradients given in their order; those without one (null) stay as they are. */
  step(grads: readonly (Tensor | null)[]): void {
    if (grads.length !== this.parameters.length) {
      throw new RangeError(`optimizer: expected ${this.parameters.length} gradients, got ${grads.length}`);
    }
    const slots = this.parameters.flatMap((parameter, index) => {
      const grad = grads[index];
      if (grad === null || !parameter.requiresGrad) return [];
      expectShape('optimizer', `the gradient of ${parameter.name}`, grad, parameter.shape);
      return [{ parameter, grad, index }];
    });
    for (const { index } of slots) this.steps[index]++;
    if (slots.length === 0) return;
    this.backend.run(() => tidy(() => this.update(slots)));
  }

  /** The backend of the parameters. */
  get backend(): Backend {
    return commonBackend('optimizer', this.parameters);
  }

  /** The buffer of this name for a parameter, made of zeros on its backend if it is not there yet. */
  protected buffer(index: number, name: string): Buffer {
    const own = this.buffers[index];
    if (own[name] === undefined) {
      const { shape, size } = this.parameters[index];
      own[name] = new Buffer(hostArray('float32', shape, new Float32Array(size)), { backend: this.backend });
    }
    return own[name];
  }

  /** Reads back all that is needed to go on exactly: learning rate, step counts and buffers. */
  async stateDict(): Promise<OptimizerState> {
    const parameters: { step: number; buffers: Record<string, HostArray> }[] = [];
    for (const [index, own] of this.buffers.entries()) {
      const buffers: Record<string, HostArray> = {};
      for (const [name, buffer] of Object.entries(own)) buffers[name] = await buffer.toHost();
      parameters.push({ step: this.steps[index], buffers });
    }
    return { lr: this.lr, parameters };
  }

  /** Takes over what {@link stateDict} gave, for the same parameters in the same order. */
  loadStateDict(state: OptimizerState): void {
    if (state.parameters.length !== this.parameters.length) {
      throw new RangeError(
        `optimizer: expected the state of ${this.parameters.length} parameters, got that of ${state.parameters.length}`,
      );
    }
    state.parameters.forEach(({ step, buffers }, index) => {
      for (const [name, array] of Object.entries(buffers)) this.buffer(index, name).load(array, this.backend);
      this.steps[index] = step;
    });
    this.lr = state.lr;
  }

  /** Frees the buffers; the parameters are the model's. */
  dispose(): void {
    for (const own of this.buffers) {
      for (const name of Object.keys(own)) {
        own[name].dispose();
        delete own[name];
      }
    }
  }
}

export function checkNonNegative(name: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value)))
    throw new RangeError(`optimizer: expected ${name} of at least 0, got ${value}`);
}

export function checkFraction(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new RangeError(`optimizer: expected ${name} in [0, 1), got ${value}`);
}
