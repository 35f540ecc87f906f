import { add, dispose, ones, type Tensor } from '@tensorflow/tfjs-core';
import type { TapeNode } from '../backend/engine.ts';
import { scoped } from './scoped.ts';
import { aliasOf } from './tape.ts';

/**
 * The gradients of `y` with respect to `xs`: reverse-mode differentiation over a tape. They belong to the open `tidy`;
 * what is made on the way is freed as soon as the step before it has used it.
 *
 * @param tape - steps in the order in which they were run; those that do not lie between `xs` and `y` are passed over.
 * @returns `undefined` for those of which `y` is no function.
 */
export function backward(tape: readonly TapeNode[], xs: readonly Tensor[], y: Tensor): (Tensor | undefined)[] {
  const wanted = new Set(xs.map(({ id }) => id));
  const reached = reachedFrom(wanted, tape);
  const gradients = new Map<number, Tensor>([[y.id, ones(y.shape)]]);
  for (let i = tape.length - 1; i >= 0; i--) {
    const node = tape[i];
    if (!reached.has(node)) continue;
    const given = node.outputs.map(({ id }) => gradients.get(id));
    if (given.every((gradient) => gradient === undefined)) continue;
    propagate(node, given, gradients, reached);
    // All steps that use the outputs lie behind.
    node.outputs.forEach(({ id }, place) => {
      if (wanted.has(id)) return;
      given[place]?.dispose();
      gradients.delete(id);
    });
  }
  return xs.map(({ id }) => gradients.get(id));
}

/** The steps that depend on a wanted tensor, and by id the tensors that do. */
class Reached {
  private readonly nodes = new Set<TapeNode>();
  private readonly tensors: Set<number>;

  constructor(wanted: ReadonlySet<number>) {
    this.tensors = new Set(wanted);
  }

  add(node: TapeNode): void {
    this.nodes.add(node);
    // Integers and truth values, such as the place of a maximum, have no derivative: nothing goes through them.
    for (const { id, dtype } of node.outputs) if (dtype === 'float32') this.tensors.add(id);
  }

  has(node: TapeNode): boolean {
    return this.nodes.has(node);
  }

  hasTensor({ id }: Tensor): boolean {
    return this.tensors.has(id);
  }
}

function reachedFrom(wanted: ReadonlySet<number>, tape: readonly TapeNode[]): Reached {
  const reached = new Reached(wanted);
  for (const node of tape) {
    for (const name in node.inputs) {
      if (!reached.hasTensor(node.inputs[name])) continue;
      reached.add(node);
      break;
    }
  }
  return reached;
}

/** Adds what a step passes on to the gradients of its inputs. */
function propagate(
  node: TapeNode,
  given: readonly (Tensor | undefined)[],
  gradients: Map<number, Tensor>,
  reached: Reached,
): void {
  if (node.gradient === undefined) throw new Error(`${node.kernelName} has no gradient`);
  const functions = node.gradient(given.map((gradient) => gradient ?? null));
  for (const name in node.inputs) {
    const input = node.inputs[name];
    if (!reached.hasTensor(input)) continue;
    if (!(name in functions)) {
      const known = Object.keys(functions).join(', ');
      throw new Error(`${node.kernelName} has no gradient for its input '${name}', expected one of: ${known}`);
    }
    const computed = scoped(functions[name]);
    checkGradient(node, name, computed, input);
    // A step may pass on the very gradient that it was given: two owners want two tensors.
    const gradient = given.includes(computed) ? aliasOf(computed) : computed;
    const soFar = gradients.get(input.id);
    if (soFar === undefined) gradients.set(input.id, gradient);
    else {
      gradients.set(input.id, add(soFar, gradient));
      dispose([soFar, gradient]);
    }
  }
}

function checkGradient({ kernelName }: TapeNode, name: string, { dtype, shape }: Tensor, input: Tensor): void {
  if (dtype !== 'float32') {
    throw new Error(`${kernelName}: expected a float32 gradient of '${name}', got ${dtype}`);
  }
  if (shape.length === input.shape.length && shape.every((side, axis) => side === input.shape[axis])) return;
  throw new Error(
    `${kernelName}: expected a gradient of '${name}' of its shape [${input.shape.join(', ')}], got [${shape.join(', ')}]`,
  );
}
