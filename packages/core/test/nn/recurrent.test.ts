import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { grad } from '../../src/autograd/valueAndGrad.ts';
import { type Backend, setDefaultBackend, toHost } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';
import { normalValues } from '../../src/conformance/values.ts';
import * as F from '../../src/functional/index.ts';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { manualSeed } from '../../src/random/defaultGenerator.ts';
import { summary } from '../../src/summary/summary.ts';
import { ShapeError } from '../../src/tensor/shape.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await createBackend('simd');
  setDefaultBackend(backend);
});

const normal = (shape: readonly number[], seed = 1) => backend.tensor(normalValues(seed, shape));
const numbers = async (tensor: tf.Tensor) => [...(await toHost(tensor)).data].map(Number);

/** Fails unless all are within 1e-6 of each other. */
function expectSame(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const worst = Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)));
  expect(worst).toBeLessThanOrEqual(1e-6);
}

describe('parameters', () => {
  it('have the names, order and shapes of a PyTorch state dict', async () => {
    const keys = async (layer: nn.Module) =>
      Object.entries(await layer.stateDict()).map(([key, { shape }]) => `${key} [${shape}]`);
    expect(await keys(new nn.GRU(3, 4, { numLayers: 2, bidirectional: true }))).toEqual([
      'weight_ih_l0 [12,3]',
      'weight_hh_l0 [12,4]',
      'bias_ih_l0 [12]',
      'bias_hh_l0 [12]',
      'weight_ih_l0_reverse [12,3]',
      'weight_hh_l0_reverse [12,4]',
      'bias_ih_l0_reverse [12]',
      'bias_hh_l0_reverse [12]',
      'weight_ih_l1 [12,8]',
      'weight_hh_l1 [12,4]',
      'bias_ih_l1 [12]',
      'bias_hh_l1 [12]',
      'weight_ih_l1_reverse [12,8]',
      'weight_hh_l1_reverse [12,4]',
      'bias_ih_l1_reverse [12]',
      'bias_hh_l1_reverse [12]',
    ]);
    expect(await keys(new nn.LSTM(3, 4, { bias: false }))).toEqual(['weight_ih_l0 [16,3]', 'weight_hh_l0 [16,4]']);
    expect(await keys(new nn.RNNCell(3, 4))).toEqual([
      'weight_ih [4,3]',
      'weight_hh [4,4]',
      'bias_ih [4]',
      'bias_hh [4]',
    ]);
  });

  it('of one layer load into another, strictly', async () => {
    const [one, other] = [new nn.LSTM(3, 4, { numLayers: 2 }), new nn.LSTM(3, 4, { numLayers: 2 })];
    other.loadStateDict(await one.stateDict());
    const x = normal([5, 2, 3]);
    expect(await numbers(other.forward(x)[0])).toEqual(await numbers(one.forward(x)[0]));
    expect(() => new nn.LSTM(3, 4).loadStateDict({})).toThrow('Missing key(s)');
  });

  it('are fields by name', () => {
    const gru = new nn.GRU(3, 4, { bidirectional: true });
    expect(gru.weightIhL0.shape).toEqual([12, 3]);
    expect(gru.biasHhL0Reverse.requiresGrad).toBe(true);
    expect(new nn.GRU(3, 4, { bias: false }).biasIhL0).toBeUndefined();
  });
});

type Layer = nn.Module & {
  forward(input: tf.Tensor, states?: null, options?: nn.SequenceOptions): [tf.Tensor, tf.Tensor | F.LstmState];
};

describe('padding', () => {
  const kinds = [
    ['RNN', (options: object) => new nn.RNN(3, 5, options) as Layer],
    ['GRU', (options: object) => new nn.GRU(3, 5, options) as Layer],
    ['LSTM', (options: object) => new nn.LSTM(3, 5, options) as Layer],
  ] as const;

  it.each(kinds)('changes no result of %s: a sequence alone and in any batch', async (_, make) => {
    const layer = make({ numLayers: 2, bidirectional: true, batchFirst: true });
    const lengths = [2, 6, 1];
    const x = normal([3, 6, 3]);
    const [output, last] = layer.forward(x, null, { lengths });
    const states = (state: tf.Tensor | F.LstmState) => (state instanceof tf.Tensor ? [state] : state);
    for (const [sequence, length] of lengths.entries()) {
      const alone = tf.slice(x, [sequence, 0, 0], [1, length, 3]);
      const [expected, expectedLast] = layer.forward(alone);
      expectSame(await numbers(tf.slice(output, [sequence, 0, 0], [1, length, 10])), await numbers(expected));
      for (const [i, state] of states(last).entries()) {
        const own = tf.slice(state, [0, sequence, 0], [4, 1, 5]);
        expectSame(await numbers(own), await numbers(states(expectedLast)[i]!));
      }
      const behind = await numbers(tf.slice(output, [sequence, length, 0], [1, 6 - length, 10]));
      expect(behind.every((value) => value === 0)).toBe(true);
    }
  });

  it.each(kinds)('gets no gradient from %s, and what stands in it changes none', async (_, make) => {
    const layer = make({ bidirectional: true });
    const [x, noise] = [normal([4, 2, 3]), normal([4, 2, 3], 2)];
    const real = tf.tensor([1, 1, 1, 0, 1, 0, 0, 0], [4, 2, 1]);
    const gradients = (input: tf.Tensor) =>
      grad(() => {
        const [output, last] = layer.forward(input, null, { lengths: [3, 1] });
        const state = last instanceof tf.Tensor ? last : last[1];
        return tf.add(tf.sum(tf.square(output)), tf.sum(state));
      }, [input, ...layer.parameters()]);
    const plain = gradients(tf.mul(x, real));
    const noisy = gradients(tf.add(tf.mul(x, real), tf.mul(noise, tf.sub(1, real))));
    for (const [i, gradient] of plain.entries()) expectSame(await numbers(noisy[i]!), await numbers(gradient!));
    const outside = await numbers(tf.mul(noisy[0]!, tf.sub(1, real)));
    expect(outside.every((value) => value === 0)).toBe(true);
  });

  it('may be given by a tensor of lengths, and a length of 0 leaves the state', async () => {
    const gru = new nn.GRU(3, 4);
    const [x, h0] = [normal([5, 2, 3]), normal([1, 2, 4], 2)];
    const [, expected] = gru.forward(x, h0, { lengths: [0, 3] });
    const [, last] = gru.forward(x, h0, { lengths: tf.tensor1d([0, 3], 'int32') });
    expect(await numbers(last)).toEqual(await numbers(expected));
    expect((await numbers(last)).slice(0, 4)).toEqual((await numbers(h0)).slice(0, 4));
  });
});

describe('a step', () => {
  it('leaves no tensor behind', () => {
    const lstm = new nn.LSTM(3, 4, { numLayers: 2, bidirectional: true, dropout: 0.5, batchFirst: true });
    const x = normal([2, 5, 3]);
    const step = () => {
      const parameters = lstm.parameters();
      const loss = () => tf.sum(lstm.forward(x, null, { lengths: [5, 2] })[0]);
      tf.dispose(grad(loss, parameters) as tf.Tensor[]);
    };
    step();
    const { numTensors } = tf.memory();
    step();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('of cells is that of the layer', async () => {
    const layer = new nn.GRU(3, 4);
    const cell = new nn.GRUCell(3, 4);
    const state = await layer.stateDict();
    cell.loadStateDict(
      Object.fromEntries(Object.entries(state).map(([key, value]) => [key.replace('_l0', ''), value])),
    );
    const x = normal([3, 2, 3]);
    let h: tf.Tensor | undefined;
    for (const step of tf.unstack(x)) h = cell.forward(step, h);
    expectSame(await numbers(h!), await numbers(layer.forward(x)[1]));
  });
});

describe('training', () => {
  class LastOfSequence extends nn.Module {
    embedding = new nn.Embedding(4, 8);
    gru = new nn.GRU(8, 16, { batchFirst: true });
    out = new nn.Linear(16, 4);
    forward(words: tf.Tensor, lengths?: readonly number[]) {
      const [, last] = this.gru.forward(this.embedding.forward(words), null, { lengths });
      return this.out.forward(tf.squeeze(last, [0]));
    }
  }
  const words = () => tf.tensor2d([0, 1, 2, 3, 1, 1, 2, 0, 3, 2, 1, 0, 2, 3, 3, 1], [4, 4], 'int32');

  it('learns what a sequence began with', async () => {
    manualSeed(0);
    const net = new LastOfSequence();
    const optimizer = new optim.Adam(net.parameters(), { lr: 0.02 });
    const first = tf.tensor1d([0, 1, 3, 2], 'int32');
    const losses: number[] = [];
    for (let step = 0; step < 60; step++) {
      losses.push((await numbers(optimizer.minimize(() => F.crossEntropy(net.forward(words()), first))))[0]!);
    }
    expect(losses[0]).toBeGreaterThan(1);
    expect(losses.at(-1)).toBeLessThan(0.05);
  });

  it('adds up the gradients of parts of a batch to those of the whole', async () => {
    const stepped = async (train: (net: LastOfSequence, optimizer: optim.SGD) => void) => {
      manualSeed(1);
      const net = new LastOfSequence();
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.5 });
      train(net, optimizer);
      return Object.values(await net.stateDict()).flatMap(({ data }) => [...data].map(Number));
    };
    const loss = (net: LastOfSequence, from: number, to: number) => () =>
      F.crossEntropy(
        net.forward(tf.slice(words(), [from, 0], [to - from, 4]), [4, 2, 1, 3].slice(from, to)),
        tf.tensor1d([0, 1, 3, 2].slice(from, to), 'int32'),
        { reduction: 'sum' },
      );
    const whole = await stepped((net, optimizer) => void optimizer.minimize(loss(net, 0, 4)));
    const parts = await stepped((net, optimizer) => {
      optimizer.accumulate(loss(net, 0, 1));
      optimizer.accumulate(loss(net, 1, 4));
      optimizer.step();
    });
    expectSame(parts, whole);
  });
});

describe('errors', () => {
  it.each([
    [
      'too few features',
      () => new nn.GRU(3, 4).forward(normal([5, 2, 7])),
      'GRU(3, 4): expected 3 input features, got 7',
    ],
    ['no sequence', () => new nn.GRU(3, 4).forward(normal([3])), 'expected an input of shape [T, N, I] or [T, I]'],
    ['no steps', () => new nn.GRU(3, 4).forward(tf.zeros([0, 2, 3])), 'expected at least one step'],
    [
      'a state of another size',
      () => new nn.LSTM(3, 4).forward(normal([5, 2, 3]), [normal([1, 2, 4]), normal([1, 2, 5])]),
      'expected c0 of shape [1, 2, 4], got [1, 2, 5]',
    ],
    [
      'a length too many',
      () => new nn.GRU(3, 4).forward(normal([5, 2, 3]), null, { lengths: [1, 2, 3] }),
      'expected 2 lengths, one a sequence, got 3',
    ],
    [
      'a length beyond the steps',
      () => new nn.GRU(3, 4).forward(normal([5, 2, 3]), null, { lengths: [1, 6] }),
      'expected lengths from 0 to 5, got 6 for sequence 1',
    ],
    ['a cell', () => new nn.LSTMCell(3, 4).forward(normal([2, 2])), 'LSTMCell(3, 4): expected 3 input features, got 2'],
    ['projections', () => new nn.LSTM(3, 4, { projSize: 2 } as object), 'LSTM: projSize is not supported'],
    ['hidden size', () => new nn.RNN(3, 0), 'RNN: expected hiddenSize to be whole and at least 1, got 0'],
    ['nonlinearity', () => new nn.RNN(3, 2, { nonlinearity: 'sin' as never }), "'tanh' or 'relu', got 'sin'"],
  ])('%s', (_, f, message) => {
    expect(f).toThrow(RangeError);
    expect(f).toThrow(message);
  });

  it('name the layer by its path in the model', () => {
    class Encoder extends nn.Module {
      gru = new nn.GRU(3, 4);
      forward(x: tf.Tensor) {
        return this.gru.forward(x);
      }
    }
    const encoder = new Encoder();
    encoder.parameters();
    expect(() => encoder.forward(normal([5, 2, 2]))).toThrow(
      new ShapeError('gru: expected 3 input features, got 2 (input [5, 2, 2])'),
    );
  });
});

describe('description', () => {
  it('prints as PyTorch does, in our names', () => {
    expect(`${new nn.GRU(3, 4)}`).toBe('GRU(3, 4)');
    expect(`${new nn.RNN(3, 4, { numLayers: 2, dropout: 0.5, bidirectional: true, nonlinearity: 'relu' })}`).toBe(
      'RNN(3, 4, numLayers=2, dropout=0.5, bidirectional=true, nonlinearity=relu)',
    );
    expect(`${new nn.LSTMCell(3, 4, { bias: false })}`).toBe('LSTMCell(3, 4, bias=false)');
  });

  it('works sizes and parameters out in a summary', () => {
    const { layers } = summary(new nn.LSTM(10, 20, { bidirectional: true, batchFirst: true }), [3, 7, 10]);
    expect(layers).toHaveLength(1);
    expect(layers[0]).toMatchObject({
      name: 'LSTM',
      inputShape: [3, 7, 10],
      outputShape: [3, 7, 40],
      parameters: 5120,
      sizeFormula: '7 steps; 2·20 = 40',
    });
  });
});
