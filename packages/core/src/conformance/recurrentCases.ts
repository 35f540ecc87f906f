import { concat, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { gru } from '../ops/gru.ts';
import { lstm } from '../ops/lstm.ts';
import { rnn } from '../ops/rnn.ts';
import { hostArray } from '../tensor/hostArray.ts';
import type { ConformanceCase } from './case.ts';
import { mappedValues, normalValues } from './values.ts';

type Inputs = Readonly<Record<string, Tensor>>;

interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
}

/** One behind the other: the gradient is taken of the first output, and the last states have gradients of their own. */
const joined = (outputs: readonly Tensor[]): Tensor => concat(outputs.map((output) => reshape(output, [-1])));

/** A sequence by each recurrent op, forwards and backwards. */
function sequenceCases(title: string, sizes: Sizes, options: { lengths?: number[]; bias?: boolean } = {}) {
  const { steps, batch, features, hidden } = sizes;
  const half = (seed: number, shape: readonly number[]) => mappedValues(seed, shape, (value) => value / 2);
  const kinds: [op: string, gates: number, run: (inputs: Inputs, reverse: boolean) => Tensor[]][] = [
    ['rnn', 1, (inputs, reverse) => rnn(inputs as never, { reverse, nonlinearity: 'tanh' })],
    ['rnn', 1, (inputs, reverse) => rnn(inputs as never, { reverse, nonlinearity: 'relu' })],
    ['gru', 3, (inputs, reverse) => gru(inputs as never, { reverse })],
    ['lstm', 4, (inputs, reverse) => lstm(inputs as never, { reverse })],
  ];
  return kinds.flatMap(([op, gates, run], kind) =>
    [false, true].map((reverse): ConformanceCase => {
      const differentiable = {
        input: normalValues(80, [steps, batch, features]),
        h0: normalValues(81, [batch, hidden]),
        ...(op === 'lstm' && { c0: normalValues(82, [batch, hidden]) }),
        weightIh: half(83, [gates * hidden, features]),
        weightHh: half(84, [gates * hidden, hidden]),
        ...(options.bias !== false && {
          biasIh: normalValues(85, [gates * hidden]),
          biasHh: normalValues(86, [gates * hidden]),
        }),
      };
      const { lengths } = options;
      return {
        op: `flambeau::${op}`,
        title: [title, kind === 1 && 'ReLU', reverse && 'in reverse'].filter(Boolean).join(', '),
        inputs: {
          ...differentiable,
          ...(lengths && { lengths: hostArray('int32', [batch], Int32Array.from(lengths)) }),
        },
        differentiable: Object.keys(differentiable),
        compute: (inputs) => [joined(run(inputs, reverse))],
      };
    }),
  );
}

/** Recurrent layers over a sequence. */
export const recurrentCases: readonly ConformanceCase[] = [
  ...sequenceCases('2 steps of 3 sequences', { steps: 2, batch: 3, features: 5, hidden: 6 }),
  ...sequenceCases('lengths', { steps: 3, batch: 4, features: 3, hidden: 9 }, { lengths: [2, 3, 0, 1] }),
  ...sequenceCases('one step, no bias', { steps: 1, batch: 1, features: 2, hidden: 5 }, { bias: false }),
];
