import { env, getKernel, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { scoped } from '../autograd/scoped.ts';
import { isRecording, record, unrecorded } from '../autograd/tape.ts';
import { commonBackend } from '../backend/backend.ts';
import { internals } from '../backend/engine.ts';

/** The tensors an op reads, by PyTorch's argument names; one that may be absent is `undefined` when it is, `input` is float32. */
export type OpInputs = Record<string, Tensor | undefined>;

/**
 * One operation, defined once: its name, its gradient, and an implementation composed of TensorFlow.js's own ops that is
 * right on every backend. A backend makes it fast by registering a kernel of the same name with TensorFlow.js
 * (`registerKernel({ kernelName: op.name, backendName, kernelFunc })`), with these inputs, attributes and outputs; the
 * conformance suite holds such a kernel to the composed implementation.
 */
export interface OpDefinition<Inputs extends OpInputs, Attributes extends object> {
  /** The kernel's name, `flambeau::` and then as in PyTorch's `aten::`. */
  readonly name: string;
  /** How many of the outputs a caller sees who does not ask for more; the others serve the gradient. */
  readonly outputs: number;
  /** The outputs by TensorFlow.js's ops, new tensors all of them. Runs outside the tape and inside a `tidy`. */
  composed(inputs: Inputs, attributes: Attributes): Tensor[];
  /** What the gradient needs of inputs and outputs. Kept until the backward pass has run. */
  saved?(inputs: Inputs, outputs: readonly Tensor[]): Tensor[];
  /**
   * For each differentiable input a function that computes its gradient; only those that are needed are called.
   *
   * @param gradOutput - the gradient of the first output
   * @param gradOutputs - those of all outputs that the caller was given: zeros for those that the loss does not depend
   * on. An op that does not read it is differentiable by its first output alone.
   */
  gradient?(
    gradOutput: Tensor,
    saved: readonly Tensor[],
    attributes: Attributes,
    gradOutputs: readonly Tensor[],
  ): { [Name in keyof Inputs]?: () => Tensor };
}

/** An op ready to be called: `op(inputs, attributes)` gives its outputs. */
export type Op<Inputs extends OpInputs, Attributes extends object> = ((
  inputs: Inputs,
  attributes: Attributes,
  outputs?: number,
) => Tensor[]) & { readonly definition: OpDefinition<Inputs, Attributes> };

const registry = new Map<string, OpDefinition<OpInputs, object>>();

/** Every op that {@link defineOp} has defined, by name. */
export const opDefinitions: ReadonlyMap<string, OpDefinition<OpInputs, object>> = registry;

/** Makes an op of its definition and adds it to {@link opDefinitions}. */
export function defineOp<Inputs extends OpInputs, Attributes extends object>(
  definition: OpDefinition<Inputs, Attributes>,
): Op<Inputs, Attributes> {
  if (registry.has(definition.name)) throw new Error(`op '${definition.name}' is defined twice`);
  registry.set(definition.name, definition as unknown as OpDefinition<OpInputs, object>);
  const call = (inputs: Inputs, attributes: Attributes, outputs = definition.outputs) =>
    runOp(definition, inputs, attributes, outputs);
  return Object.assign(call, { definition });
}

/** An op's name as its function's is spelt: `flambeau::max_pool2d` → `maxPool2d`. */
const shortName = (name: string): string =>
  name.replace(/^\w+::/, '').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function runOp<Inputs extends OpInputs, Attributes extends object>(
  op: OpDefinition<Inputs, Attributes>,
  inputs: Inputs,
  attributes: Attributes,
  outputs: number,
): Tensor[] {
  const present: NamedTensorMap = {};
  for (const name in inputs) {
    const tensor = inputs[name];
    if (tensor !== undefined) present[name] = tensor;
  }
  // A kernel would take the bits of integers for those of floats.
  const { input } = present;
  if (input !== undefined && input.dtype !== 'float32') {
    throw new TypeError(`${shortName(op.name)}: expected an input of type float32, got ${input.dtype}`);
  }
  return commonBackend(op.name, Object.values(present)).run(() => {
    const results = isWatched()
      ? runByEngine(op, present, attributes, outputs)
      : runDirectly(op, present, attributes, outputs);
    observer?.({ name: op.name, inputs: present, attributes, output: results[0] });
    return results;
  });
}

/** Whether TensorFlow.js measures (`tf.profile`) or checks (`tf.enableDebugMode`) each kernel. */
const isWatched = (): boolean => internals().state.profiling || env().getBool('DEBUG');

function runDirectly<Inputs extends OpInputs, Attributes extends object>(
  op: OpDefinition<Inputs, Attributes>,
  present: NamedTensorMap,
  attributes: Attributes,
  outputs: number,
): Tensor[] {
  const inputs = present as unknown as Inputs;
  const recording = isRecording();
  const all = unrecorded(() => computeUnobserved(op, inputs, attributes));
  const results = all.length === outputs ? all : all.slice(0, outputs);
  if (recording) {
    record({
      name: op.name,
      inputs: present,
      outputs: results,
      saved: op.saved?.(inputs, all) ?? [],
      gradient: (gradOutputs, saved) => gradientOf(op, gradOutputs, saved, attributes),
    });
  }
  for (let i = outputs; i < all.length; i++) all[i].dispose();
  return results;
}

/** The way of TensorFlow.js's own ops, by which it can look on. */
function runByEngine<Inputs extends OpInputs, Attributes extends object>(
  op: OpDefinition<Inputs, Attributes>,
  present: NamedTensorMap,
  attributes: Attributes,
  outputs: number,
): Tensor[] {
  const inputs = present as unknown as Inputs;
  return internals().runKernelFunc({
    inputs: present,
    forwardFunc: (_, save) => {
      const all = computeUnobserved(op, inputs, attributes);
      if (op.saved !== undefined) save(op.saved(inputs, all));
      return all.slice(0, outputs);
    },
    backwardsFunc: (gradOutputs, saved) =>
      gradientOf(op, Array.isArray(gradOutputs) ? gradOutputs : [gradOutputs], saved, attributes),
  }) as Tensor[];
}

function gradientOf<Inputs extends OpInputs, Attributes extends object>(
  op: OpDefinition<Inputs, Attributes>,
  gradOutputs: readonly Tensor[],
  saved: readonly Tensor[],
  attributes: Attributes,
): Record<string, () => Tensor> {
  if (op.gradient === undefined) throw new Error(`${op.name} has no gradient`);
  return op.gradient(gradOutputs[0], saved, attributes, gradOutputs) as Record<string, () => Tensor>;
}

/** One call of an op, as {@link observeOps} sees it. */
export interface OpCall {
  readonly name: string;
  readonly inputs: NamedTensorMap;
  readonly attributes: object;
  readonly output: Tensor;
}

let observer: ((call: OpCall) => void) | undefined;

/** Runs `f` and tells `observe` of every op that it calls: how a model is described without being rewritten. */
export function observeOps<T>(observe: ((call: OpCall) => void) | undefined, f: () => T): T {
  const outer = observer;
  observer = observe;
  try {
    return f();
  } finally {
    observer = outer;
  }
}

/** The ops that an op is composed of are no steps of the model: no observer sees them. */
function computeUnobserved<Inputs extends OpInputs, Attributes extends object>(
  op: OpDefinition<Inputs, Attributes>,
  inputs: Inputs,
  attributes: Attributes,
): Tensor[] {
  if (observer === undefined) return computeOutputs(op, inputs, attributes);
  return observeOps(undefined, () => computeOutputs(op, inputs, attributes));
}

/** The outputs by the ambient backend's kernel if it has one, else composed. */
function computeOutputs<Inputs extends OpInputs, Attributes extends object>(
  op: OpDefinition<Inputs, Attributes>,
  inputs: Inputs,
  attributes: Attributes,
): Tensor[] {
  const engine = internals();
  const kernel = getKernel(op.name, engine.backendName!);
  if (kernel === undefined) return scoped(() => op.composed(inputs, attributes));
  const infos = kernel.kernelFunc({
    inputs: inputs as unknown as NamedTensorMap,
    attrs: attributes as never,
    backend: engine.backend,
  });
  return (Array.isArray(infos) ? infos : [infos]).map((info) => engine.makeTensorFromTensorInfo(info));
}
