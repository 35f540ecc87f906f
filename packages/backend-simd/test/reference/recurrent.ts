/** Recurrent layers in float64, one number after the other. */
export type Kind = 'tanh' | 'relu' | 'gru' | 'lstm';

export const GATES = { tanh: 1, relu: 1, gru: 3, lstm: 4 } as const;

export interface Sizes {
  steps: number;
  batch: number;
  features: number;
  units: number;
}

/** What is differentiated by, each flat. */
export interface Layer {
  input: ArrayLike<number>;
  h0: ArrayLike<number>;
  c0: ArrayLike<number>;
  weightIh: ArrayLike<number>;
  weightHh: ArrayLike<number>;
  biasIh?: ArrayLike<number>;
  biasHh?: ArrayLike<number>;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export interface Sequence {
  output: Float64Array;
  hn: Float64Array;
  cn: Float64Array;
}

export function recurrent(
  kind: Kind,
  { steps, batch, features, units }: Sizes,
  layer: Layer,
  lengths: readonly number[] | undefined,
  reverse: boolean,
): Sequence {
  const output = new Float64Array(steps * batch * units);
  const hn = Float64Array.from(layer.h0);
  const cn = Float64Array.from(layer.c0);
  for (let n = 0; n < batch; n++) {
    const length = lengths?.[n] ?? steps;
    for (let s = 0; s < length; s++) {
      const t = reverse ? length - 1 - s : s;
      const before = hn.slice(n * units, (n + 1) * units);
      const ofInput = (row: number) => {
        let sum = layer.biasIh?.[row] ?? 0;
        for (let i = 0; i < features; i++) {
          sum += layer.weightIh[row * features + i]! * layer.input[(t * batch + n) * features + i]!;
        }
        return sum;
      };
      const ofState = (row: number) => {
        let sum = layer.biasHh?.[row] ?? 0;
        for (let i = 0; i < units; i++) sum += layer.weightHh[row * units + i]! * before[i]!;
        return sum;
      };
      for (let u = 0; u < units; u++) {
        const sum = (gate: number) => ofInput(gate * units + u) + ofState(gate * units + u);
        let next: number;
        if (kind === 'gru') {
          const [r, z] = [sigmoid(sum(0)), sigmoid(sum(1))];
          const candidate = Math.tanh(ofInput(2 * units + u) + r * ofState(2 * units + u));
          next = (1 - z) * candidate + z * before[u]!;
        } else if (kind === 'lstm') {
          const cell = sigmoid(sum(1)) * cn[n * units + u]! + sigmoid(sum(0)) * Math.tanh(sum(2));
          cn[n * units + u] = cell;
          next = sigmoid(sum(3)) * Math.tanh(cell);
        } else {
          next = kind === 'relu' ? Math.max(0, sum(0)) : Math.tanh(sum(0));
        }
        hn[n * units + u] = next;
        output[(t * batch + n) * units + u] = next;
      }
    }
  }
  return { output, hn, cn };
}
