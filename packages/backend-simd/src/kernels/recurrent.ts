import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { COST } from '../threads/cost.ts';
import { FLAMBEAU_KERNELS } from './contract.ts';
import { project } from './linear.ts';
import { multiply } from './matMul.ts';
import { packWeight } from './packWeight.ts';
import type {
  RecurrentAttributes,
  RecurrentBackwardInputs,
  RecurrentInputs,
  RnnAttributes,
} from './recurrentContract.ts';

/** The kinds of layer by the numbers of assembly/recurrent.ts, with how many gates they have. */
const KINDS = {
  tanh: { number: 0, gates: 1 },
  relu: { number: 1, gates: 1 },
  gru: { number: 2, gates: 3 },
  lstm: { number: 3, gates: 4 },
} as const;

type Kind = keyof typeof KINDS;

/** What both directions of the computation read: the first fields of assembly/recurrent.ts, in its order. */
interface Sequence {
  h0: TensorInfo;
  c0?: TensorInfo;
  weightHh: TensorInfo;
  lengths?: TensorInfo;
  output: TensorInfo;
  gates?: TensorInfo;
  cells?: TensorInfo;
}

/** Runs one of the two over all sequences. */
function overSequences(
  backend: SimdBackend,
  name: 'recurrentForward' | 'recurrentBackward',
  kind: Kind,
  reverse: boolean,
  { h0, c0, weightHh, lengths, output, gates, cells }: Sequence,
  rest: readonly (TensorInfo | undefined)[],
): void {
  const [steps, batch, units] = output.shape as [number, number, number];
  const { number, gates: gateCount } = KINDS[kind];
  const products = gateCount * units * units;
  const work = gateCount * units * COST.transcendental + products * COST.product;
  const split = backend.split(batch, steps * batch * work);
  const bytes = backend.wasm.recurrentScratchBytes(batch, units, number);
  const panels = packWeight(backend, weightHh, [0, units], name === 'recurrentForward');
  const scratch = backend.heap.scratch(bytes * split.parts);
  const pointer = (tensor: TensorInfo | undefined) => (tensor ? backend.pointer(tensor) : 0);
  const at = backend.heap.argumentsPointer;
  backend.heap.i32.set(
    [
      ...[number, steps, batch, units, Number(reverse)],
      ...[lengths, h0, c0, panels, output, gates, cells, ...rest].map(pointer),
    ],
    at / 4,
  );
  backend.run(name, split, [at, scratch, 0, batch], 2, [[1, bytes]]);
  backend.disposeIntermediateTensorInfo(panels);
}

function forward(backend: SimdBackend, kind: Kind, reverse: boolean, inputs: RecurrentInputs): TensorInfo[] {
  const { input, h0, c0, weightIh, weightHh, biasIh, biasHh, lengths } = inputs;
  const [steps, batch, features] = input.shape as [number, number, number];
  const [width, units] = weightHh.shape as [number, number];
  const output = backend.output([steps, batch, units], 'float32');
  const hn = backend.output([batch, units], 'float32');
  const cn = c0 && backend.output([batch, units], 'float32');
  const gates = kind === 'gru' || kind === 'lstm' ? backend.output([steps, batch, 4 * units], 'float32') : undefined;
  const cells = c0 && backend.output([steps, batch, units], 'float32');
  const ofInput = backend.output([steps * batch, width], 'float32');
  project(backend, { input, weight: weightIh, bias: biasIh }, ofInput, [steps * batch, width, features]);
  const sequence = { h0, c0, weightHh, lengths, output, gates, cells };
  overSequences(backend, 'recurrentForward', kind, reverse, sequence, [ofInput, biasHh, hn, cn]);
  backend.disposeIntermediateTensorInfo(ofInput);
  return [output, hn, cn, gates, cells].filter((tensor) => tensor !== undefined);
}

function backward(backend: SimdBackend, kind: Kind, reverse: boolean, inputs: RecurrentBackwardInputs): TensorInfo[] {
  const { gradOutput, gradHn, gradCn, c0, weightHh, output } = inputs;
  const [steps, batch, units] = output.shape as [number, number, number];
  const [width] = weightHh.shape as [number];
  const gradX = backend.output([steps, batch, width], 'float32');
  const gradH = kind === 'gru' ? backend.output([steps, batch, width], 'float32') : undefined;
  const gradH0 = backend.output([batch, units], 'float32');
  const gradC0 = c0 && backend.output([batch, units], 'float32');
  const gradWeightHh = backend.output([width, units], 'float32');
  const before = backend.output([steps * batch, units], 'float32');
  overSequences(backend, 'recurrentBackward', kind, reverse, inputs, [
    // The four that only the way forward has.
    ...[undefined, undefined, undefined, undefined],
    ...[gradOutput, gradHn, gradCn, gradX, gradH, gradH0, gradC0, before],
  ]);
  const [gradSums, states, to] = [
    backend.pointer(gradH ?? gradX),
    backend.pointer(before),
    backend.pointer(gradWeightHh),
  ];
  multiply(backend, gradSums, states, to, [width, units, steps * batch], true, false);
  backend.disposeIntermediateTensorInfo(before);
  return [gradX, gradH, gradH0, gradC0, gradWeightHh].filter((tensor) => tensor !== undefined);
}

export const recurrentKernels = [
  kernel<RecurrentInputs, RnnAttributes>(FLAMBEAU_KERNELS.rnn, ({ inputs, attrs, backend }) =>
    forward(backend, attrs.nonlinearity, attrs.reverse, inputs),
  ),
  kernel<RecurrentBackwardInputs, RnnAttributes>(FLAMBEAU_KERNELS.rnnBackward, ({ inputs, attrs, backend }) =>
    backward(backend, attrs.nonlinearity, attrs.reverse, inputs),
  ),
  kernel<RecurrentInputs, RecurrentAttributes>(FLAMBEAU_KERNELS.gru, ({ inputs, attrs, backend }) =>
    forward(backend, 'gru', attrs.reverse, inputs),
  ),
  kernel<RecurrentBackwardInputs, RecurrentAttributes>(FLAMBEAU_KERNELS.gruBackward, ({ inputs, attrs, backend }) =>
    backward(backend, 'gru', attrs.reverse, inputs),
  ),
  kernel<RecurrentInputs, RecurrentAttributes>(FLAMBEAU_KERNELS.lstm, ({ inputs, attrs, backend }) =>
    forward(backend, 'lstm', attrs.reverse, inputs),
  ),
  kernel<RecurrentBackwardInputs, RecurrentAttributes>(FLAMBEAU_KERNELS.lstmBackward, ({ inputs, attrs, backend }) =>
    backward(backend, 'lstm', attrs.reverse, inputs),
  ),
];
