/** A recurrent decoder with Bahdanau's attention in float64, cells as PyTorch's manual writes them. */
import { type AttentionSizes, attendOnce, part } from './attention.ts';

export interface DecoderSizes extends AttentionSizes {
  /** Width of the embeddings. */
  E: number;
  /** Units of the state. */
  H: number;
}

export type DecoderInput =
  | 'embedded'
  | 'keys'
  | 'values'
  | 'h0'
  | 'c0'
  | 'queryWeight'
  | 'queryBias'
  | 'scoreWeight'
  | 'weightIh'
  | 'weightHh'
  | 'biasIh'
  | 'biasHh';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** W·x + b */
function affine(weight: ArrayLike<number>, x: readonly number[], bias: ArrayLike<number> | undefined): number[] {
  return Array.from({ length: weight.length / x.length }, (_, row) =>
    x.reduce((sum, value, i) => sum + weight[row * x.length + i]! * value, bias ? bias[row]! : 0),
  );
}

/** PyTorch's cells: the next state, and of an LSTM the next cell. */
function step(isLstm: boolean, ofInput: number[], ofHidden: number[], h: number[], c: number[]): [number[], number[]] {
  const H = h.length;
  if (!isLstm) {
    const next = h.map((before, i) => {
      const r = sigmoid(ofInput[i]! + ofHidden[i]!);
      const z = sigmoid(ofInput[H + i]! + ofHidden[H + i]!);
      const n = Math.tanh(ofInput[2 * H + i]! + r * ofHidden[2 * H + i]!);
      return (1 - z) * n + z * before;
    });
    return [next, c];
  }
  const gate = (k: number, i: number) => ofInput[k * H + i]! + ofHidden[k * H + i]!;
  const cell = c.map((before, i) => sigmoid(gate(1, i)) * before + sigmoid(gate(0, i)) * Math.tanh(gate(2, i)));
  return [cell.map((value, i) => sigmoid(gate(3, i)) * Math.tanh(value)), cell];
}

export interface Decoded {
  outputs: number[];
  contexts: number[];
  weights: number[];
  cells: number[];
}

export function decode(
  inputs: Partial<Record<DecoderInput, ArrayLike<number>>>,
  lengths: readonly number[],
  contextFirst: boolean,
  sizes: DecoderSizes,
): Decoded {
  const { N, T, S, A, C, E, H } = sizes;
  const decoded: Decoded = { outputs: [], contexts: [], weights: [], cells: [] };
  for (let n = 0; n < N; n++) {
    let h = part(inputs.h0!, n, H);
    let c = inputs.c0 ? part(inputs.c0, n, H) : [];
    const memory = [part(inputs.keys!, n, S * A), part(inputs.values!, n, S * C)] as const;
    for (let t = 0; t < T; t++) {
      const query = affine(inputs.queryWeight!, h, inputs.queryBias);
      const { context, weights } = attendOnce(query, ...memory, inputs.scoreWeight!, lengths[n]!, sizes);
      const x = part(inputs.embedded!, n * T + t, E);
      const read = contextFirst ? [...context, ...x] : [...x, ...context];
      const ofInput = affine(inputs.weightIh!, read, inputs.biasIh);
      const ofHidden = affine(inputs.weightHh!, h, inputs.biasHh);
      [h, c] = step(inputs.c0 !== undefined, ofInput, ofHidden, h, c);
      decoded.outputs.push(...h);
      decoded.contexts.push(...context);
      decoded.weights.push(...weights);
      decoded.cells.push(...c);
    }
  }
  return decoded;
}
