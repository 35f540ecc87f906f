import { type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { PackedSequence } from '../functional/packedSequence.ts';
import { beginEvaluation } from '../nn/mode.ts';
import type { Module } from '../nn/module.ts';
import { type OpCall, observeOps } from '../ops/op.ts';
import { formatShape } from '../tensor/shape.ts';
import { parameterArithmetic, recurrentArithmetic, sizeArithmetic } from './sizeArithmetic.ts';
import { formatTable } from './table.ts';

/** One step of a model's forward pass. */
export interface LayerSummary {
  /** The layer's path in the model ("conv1"), or the function's name ("maxPool2d"); a lone layer's class. */
  readonly name: string;
  /** Class and arguments of a layer; empty for a function. */
  readonly layer: string;
  /** The activation that follows, e.g. `ReLU`, where it is a function. */
  readonly activation: string;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly parameters: number;
  /** The output size worked out: N = ⌊(W − F + 2P)/S⌋ + 1 with its numbers. */
  readonly sizeFormula: string;
  /** The parameter count worked out. */
  readonly parameterFormula: string;
}

export interface ModelSummary {
  readonly model: string;
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerSummary[];
  readonly totalParameters: number;
  readonly trainableParameters: number;
  /** The table as text. */
  toString(): string;
}

/**
 * Describes what a model does to an input of the given shape: one row a step, in the order in which they run, with every
 * output size and parameter count worked out. The model is run once on zeros, in evaluation mode; its own code is read
 * neither before nor after, so that layers and functions are seen alike.
 *
 * @example
 * ```ts
 * console.log(summary(new NotesCnn(), [1, 1, 28, 28]).toString());
 * ```
 */
export function summary(
  model: Module & { forward(input: Tensor): unknown },
  inputShape: readonly number[],
): ModelSummary {
  const layers: LayerSummary[] = [];
  const calls: OpCall[] = [];
  let leaf: Module | undefined;
  const handles = [...model.namedModules()].flatMap(([path, module]) => {
    if (module.children().length > 0) return [];
    const before = module.registerForwardPreHook(() => {
      calls.length = 0;
      leaf = module;
    });
    const after = module.registerForwardHook((_, inputs, output) => {
      leaf = undefined;
      const name = path || module.constructor.name;
      layers.push(describeLayer(name, module, firstTensor(inputs[0]), firstTensor(output), calls));
    });
    return [before, after];
  });
  const observe = (call: OpCall) => {
    if (leaf !== undefined) calls.push(call);
    else if (call.name === 'flambeau::relu' && layers.length > 0) layers.push({ ...layers.pop()!, activation: 'ReLU' });
    else layers.push(describeFunction(call));
  };
  const endEvaluation = beginEvaluation(model);
  try {
    model.backend.run(() => tidy(() => void observeOps(observe, () => model.forward(zeros([...inputShape])))));
  } finally {
    endEvaluation();
    for (const handle of handles) handle.remove();
  }
  const parameters = model.parameters();
  const count = (chosen: typeof parameters) => chosen.reduce((sum, parameter) => sum + parameter.size, 0);
  const result = {
    model: model.constructor.name,
    inputShape,
    layers,
    totalParameters: count(parameters),
    trainableParameters: count(parameters.filter((parameter) => parameter.requiresGrad)),
  };
  return { ...result, toString: () => formatSummary(result) };
}

/** What a layer is described by where it takes or gives several tensors: a recurrent layer's output before its states. */
function firstTensor(value: unknown): Tensor {
  if (value instanceof PackedSequence) return value.data;
  return Array.isArray(value) ? firstTensor(value[0]) : (value as Tensor);
}

function describeLayer(
  path: string,
  module: Module,
  input: Tensor,
  output: Tensor,
  calls: readonly OpCall[],
): LayerSummary {
  const shapes = module.parameters().map((parameter) => parameter.shape);
  return {
    name: path,
    layer: module.toString(),
    activation: '',
    inputShape: input.shape,
    outputShape: output.shape,
    parameters: shapes.reduce((sum, shape) => sum + shape.reduce((product, side) => product * side, 1), 0),
    sizeFormula: recurrentArithmetic(calls) || (calls.map(sizeArithmetic).find((formula) => formula !== '') ?? ''),
    parameterFormula: parameterArithmetic(shapes),
  };
}

function describeFunction(call: OpCall): LayerSummary {
  const name = call.name.replace('flambeau::', '').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return {
    name,
    layer: '',
    activation: '',
    inputShape: call.inputs.input.shape,
    outputShape: call.output.shape,
    parameters: 0,
    sizeFormula: sizeArithmetic(call),
    parameterFormula: '',
  };
}

function formatSummary(result: Omit<ModelSummary, 'toString'>): string {
  const { model, inputShape, layers, totalParameters, trainableParameters } = result;
  const rows = layers.map(({ name, layer, activation, outputShape, sizeFormula, parameterFormula }) => [
    name,
    [layer, activation].filter(Boolean).join(', '),
    formatShape(outputShape),
    sizeFormula,
    parameterFormula,
  ]);
  const header = ['step', 'layer', 'output', 'size', 'parameters'];
  const frozen = totalParameters - trainableParameters;
  const closing = `${totalParameters.toLocaleString('en-US')} parameters${frozen > 0 ? `, ${frozen.toLocaleString('en-US')} of them frozen` : ''}`;
  return `${model}, input ${formatShape(inputShape)}\n\n${formatTable(header, rows)}\n\n${closing}`;
}
