import { dispose, keep, Tensor, tidy } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import { internals } from '../backend/engine.ts';
import { backward } from './backward.ts';
import { scoped } from './scoped.ts';
import { aliasOf } from './tape.ts';

/** What a differentiated function returns: the scalar loss, alone or with tensors that ride along. */
export type LossResult = Tensor | ({ readonly loss: Tensor } & Readonly<Record<string, Tensor>>);

/**
 * Computes `f()` and the gradient of its loss with respect to `parameters`: `loss.backward()` as a function.
 *
 * Everything made on the way is freed, also when `f` throws (TensorFlow.js leaks there what its tape has saved); the
 * returned tensors belong to the caller, or to the `tidy` around the call.
 *
 * @param f - returns the loss (a scalar), or `{ loss, … }` with further tensors to hand out, such as the logits.
 * @param parameters - what to differentiate by. All of one backend; `f` runs on it.
 * @returns `value`, what `f` returned; `grads[i]`, shaped as `parameters[i]`, or `null` where the loss does not depend
 *   on it (PyTorch's `grad is None`).
 *
 * @example
 * ```ts
 * const { value, grads } = valueAndGrad(() => F.crossEntropy(net.forward(x), labels), net.parameters());
 * ```
 */
export function valueAndGrad<R extends LossResult>(
  f: () => R,
  parameters: readonly Tensor[],
): { value: R; grads: (Tensor | null)[] } {
  const backend = commonBackend('valueAndGrad', parameters);
  return backend.run(() =>
    sweepingTheTape(() => {
      // The engine tidies up after f and hands out the loss only: what rides along is kept by hand, as a clone, since
      // it may be a tensor that was there before f.
      const riders: Record<string, Tensor> = {};
      let alone = true;
      const forward = () => {
        const result = f();
        alone = result instanceof Tensor;
        if (!(result instanceof Tensor)) {
          for (const [name, tensor] of Object.entries(result)) {
            if (name !== 'loss') riders[name] = keep(aliasOf(tensor));
          }
        }
        return lossOf(result);
      };
      try {
        const { value: loss, grads } = differentiate(forward, parameters);
        for (const rider of Object.values(riders)) {
          rider.kept = false;
          internals().track(rider);
        }
        const value = alone ? loss : { ...riders, loss };
        return { value: value as R, grads: grads.map((gradient) => gradient ?? null) };
      } catch (error) {
        dispose(riders);
        throw error;
      }
    }),
  );
}

/** As {@link valueAndGrad}, the gradients alone. */
export function grad(f: () => Tensor, parameters: readonly Tensor[]): (Tensor | null)[] {
  const { value, grads } = valueAndGrad(f, parameters);
  value.dispose();
  return grads;
}

function lossOf(result: LossResult): Tensor {
  const loss = result instanceof Tensor ? result : result?.loss;
  if (!(loss instanceof Tensor)) {
    throw new TypeError('expected the function to return the loss, or an object with a loss, as a tensor');
  }
  if (loss.size !== 1) {
    throw new RangeError(`expected a scalar loss, got shape [${loss.shape.join(', ')}]: take its mean or sum`);
  }
  return loss;
}

/** Runs `forward` with a tape, and the tape backwards. */
function differentiate(
  forward: () => Tensor,
  parameters: readonly Tensor[],
): { value: Tensor; grads: (Tensor | undefined)[] } {
  const { state } = internals();
  if (state.gradientDepth === 0) state.activeTape = [];
  state.gradientDepth++;
  let value: Tensor;
  try {
    value = scoped(forward);
  } finally {
    state.gradientDepth--;
  }
  // A copy where the function lies inside of another differentiated one: the steps back join that one's tape.
  const tape = state.gradientDepth === 0 ? state.activeTape! : [...state.activeTape!];
  const grads = backward(tape, parameters, value);
  if (state.gradientDepth === 0) freeTape();
  return { value, grads };
}

/** Frees what the tape has saved. */
function freeTape(): void {
  const { state } = internals();
  for (const node of state.activeTape ?? []) dispose(node.saved);
  state.activeTape = null;
}

/** Frees what was made when `f` throws in mid-air, what the tape has saved as well. */
function sweepingTheTape<T>(f: () => T): T {
  const outermost = internals().state.gradientDepth === 0;
  try {
    return tidy(() => f() as never) as T;
  } catch (error) {
    if (outermost) freeTape();
    throw error;
  }
}
