import type { Tensor } from '@tensorflow/tfjs-core';
import { backendOf } from '../backend/backend.ts';
import { Parameter } from '../nn/parameter.ts';
import { Adam, AdamW } from '../optim/adam.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { RMSprop } from '../optim/rmsprop.ts';
import { SGD } from '../optim/sgd.ts';
import type { ConformanceCase } from './case.ts';
import { normalValues } from './values.ts';

/** Parameters of odd sizes, so that the ends of vectors are seen. */
const shapes = [[3, 5], [1], [4, 2, 3]] as const;

function optimizerCase(op: string, title: string, make: (parameters: Parameter[]) => Optimizer): ConformanceCase {
  const entries = shapes.map((shape, i) => [`grad${i}`, normalValues(30 + i, shape)] as const);
  return {
    op,
    title,
    inputs: Object.fromEntries(entries),
    differentiable: [],
    compute: (inputs) => takeSteps(inputs, make),
  };
}

/** The parameters after three steps. */
function takeSteps(inputs: Readonly<Record<string, Tensor>>, make: (parameters: Parameter[]) => Optimizer): Tensor[] {
  const backend = backendOf(inputs.grad0);
  const parameters = shapes.map((shape, i) => new Parameter(normalValues(20 + i, shape), { backend }));
  const optimizer = make(parameters);
  for (let step = 0; step < 3; step++) optimizer.step(shapes.map((_, i) => inputs[`grad${i}`]));
  const results = parameters.map((parameter) => parameter.clone());
  optimizer.dispose();
  for (const parameter of parameters) parameter.dispose();
  return results;
}

/** The optimizers' in-place ops, over parameters of several sizes. */
export const optimizerCases: readonly ConformanceCase[] = [
  optimizerCase('flambeau::adam_', 'Adam', (parameters) => new Adam(parameters, { lr: 0.1 })),
  optimizerCase('flambeau::adam_', 'weight decay', (parameters) => new Adam(parameters, { lr: 0.1, weightDecay: 0.3 })),
  optimizerCase(
    'flambeau::adam_',
    'AdamW, maximizing',
    (parameters) => new AdamW(parameters, { lr: 0.1, weightDecay: 0.3, maximize: true }),
  ),
  optimizerCase('flambeau::sgd_', 'plain', (parameters) => new SGD(parameters, { lr: 0.1 })),
  optimizerCase(
    'flambeau::sgd_',
    'momentum, dampening and weight decay',
    (parameters) => new SGD(parameters, { lr: 0.1, momentum: 0.9, dampening: 0.2, weightDecay: 0.3 }),
  ),
  optimizerCase(
    'flambeau::sgd_',
    "Nesterov's momentum, maximizing",
    (parameters) => new SGD(parameters, { lr: 0.1, momentum: 0.9, nesterov: true, maximize: true }),
  ),
  optimizerCase('flambeau::rmsprop_', 'plain', (parameters) => new RMSprop(parameters, { lr: 0.1 })),
  optimizerCase(
    'flambeau::rmsprop_',
    'momentum, centred and weight decay',
    (parameters) => new RMSprop(parameters, { lr: 0.1, momentum: 0.9, centered: true, weightDecay: 0.3 }),
  ),
];
