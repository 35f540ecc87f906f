import { grad, nn } from '@flambeau/core';
import { mul, sum } from '@tensorflow/tfjs-core';
import { make, repeat } from './flambeauKernels.ts';
import type { PreparedOp } from './protocol.ts';
import type { RecurrentSize } from './rows.ts';
import { values } from './values.ts';

/** A recurrent layer over a batch of sequences: forward, and the gradients of the input and of all weights. */
export function recurrentLayer({ kind, batch, steps, hidden }: RecurrentSize): PreparedOp {
  const layer = kind === 'GRU' ? new nn.GRU(hidden, hidden) : new nn.LSTM(hidden, hidden);
  const output = () => (layer instanceof nn.GRU ? layer.forward(input)[0] : layer.forward(input)[0]);
  const parameters = layer.parameters();
  parameters.forEach(({ shape, size }, index) => {
    const data = values(size, 10 + index).map((value) => (value * 2) / Math.sqrt(hidden));
    parameters[index]!.load({ dtype: 'float32', shape, data });
  });
  const input = make([steps, batch, hidden], 0);
  const gradOutput = make([steps, batch, hidden], 1);
  const inputs = [input, ...parameters];
  return repeat([...inputs, gradOutput], () => {
    const gradients = grad(() => sum(mul(output(), gradOutput)), inputs);
    return gradients.filter((gradient) => gradient !== null);
  });
}
