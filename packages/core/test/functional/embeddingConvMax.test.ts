import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { valueAndGrad } from '../../src/autograd/valueAndGrad.ts';
import { functional as F, hostArray, nn } from '../../src/index.ts';
import { onBackends } from '../golden/onBackends.ts';

// The numbers themselves are held to PyTorch's in test/golden.
onBackends('embeddingConvMax', (backend) => {
  const zeros = (...shape: number[]) => backend().run(() => tf.zeros(shape));
  const ids = (rows: number[][]) =>
    backend().tensor(hostArray('int32', [rows.length, rows[0]!.length], Int32Array.from(rows.flat())));
  const [weights, biases] = [() => [zeros(4, 1, 3, 6), zeros(5, 1, 2, 6)], () => [zeros(4), zeros(5)]];

  it('says what was given and what was expected', () => {
    const words = ids([[1, 2, 3, 4]]);
    const table = zeros(9, 6);
    const call = (change: { ids?: tf.Tensor; table?: tf.Tensor; weights?: tf.Tensor[]; biases?: tf.Tensor[] }) => () =>
      F.embeddingConvMax(
        change.ids ?? words,
        change.table ?? table,
        change.weights ?? weights(),
        change.biases ?? biases(),
        { label: 'features', paddingIdx: 1 },
      );
    expect(call({})().shape).toEqual([1, 9]);
    expect(call({ ids: zeros(1, 4) })).toThrow('features: expected ids of type int32, got float32');
    expect(call({ ids: tf.tensor1d([1, 2, 3], 'int32') })).toThrow('expected ids of shape [N, L], got [3]');
    expect(call({ ids: ids([[1, 2]]) })).toThrow('expected texts of at least 3 words, got 2');
    expect(call({ table: zeros(9) })).toThrow('expected a table of shape [V, E], got [9]');
    expect(call({ table: zeros(9, 7) })).toThrow('expected weights of shape [F, 1, K, 7], got [4, 1, 3, 6]');
    expect(call({ weights: [zeros(4, 2, 3, 6), zeros(5, 1, 2, 6)] })).toThrow('got [4, 2, 3, 6]');
    expect(call({ biases: [zeros(4)] })).toThrow('got 2 weights, 1 biases');
    expect(call({ weights: [], biases: [] })).toThrow('got 0 weights, 0 biases');
    expect(call({ biases: [zeros(4), zeros(4)] })).toThrow('expected a bias of shape [5], got [4]');
    expect(() => F.embeddingConvMax(words, table, weights(), biases(), { paddingIdx: 9 })).toThrow(
      'paddingIdx in [-9, 8]',
    );
  });

  it('refuses a word that is not in the table, as the embedding does', () => {
    const table = zeros(9, 6);
    for (const word of [9, -1]) {
      const text = ids([[1, 2, word]]);
      expect(() => F.embedding(text, table)).toThrow(String(word));
      expect(() => F.embeddingConvMax(text, table, weights(), biases())).toThrow(String(word));
    }
  });

  it('is the plain network, forward and backward', async () => {
    const embedding = new nn.Embedding(20, 6, { paddingIdx: 1, backend: backend() });
    const convolutions = [3, 4].map((height) => new nn.Conv2d(1, 7, [height, 6], { backend: backend() }));
    const words = ids([
      [4, 5, 6, 7, 8, 9, 1, 1],
      [2, 3, 2, 3, 2, 3, 2, 3],
    ]);
    const plain = () => {
      const images = tf.expandDims(embedding.forward(words), 1);
      const maxima = convolutions.map((convolution) => {
        const rectified = tf.squeeze(F.relu(convolution.forward(images)), [3]);
        return tf.squeeze(F.maxPool1d(rectified, rectified.shape[2]!), [2]);
      });
      return tf.concat(maxima, 1);
    };
    const fused = () =>
      F.embeddingConvMax(
        words,
        embedding.weight,
        convolutions.map(({ weight }) => weight),
        convolutions.map(({ bias }) => bias!),
        embedding,
      );
    const parameters = [embedding.weight, ...convolutions.flatMap(({ weight, bias }) => [weight, bias!])];
    const both = [plain, fused].map((features) => valueAndGrad(() => tf.sum(tf.square(features())), parameters));
    const numbers = await Promise.all(
      both.map(({ value, grads }) => Promise.all([value, ...grads].map(async (tensor) => [...(await tensor!.data())]))),
    );
    for (const [i, expected] of numbers[0]!.entries()) {
      const scale = Math.max(...expected.map(Math.abs));
      const difference = Math.max(...expected.map((value, at) => Math.abs(value - numbers[1]![i]![at]!)));
      expect(difference).toBeLessThanOrEqual(1e-5 * scale);
    }
  });

  it('trains filters alone where the table is frozen, and the table alone where they are', () => {
    const words = ids([[1, 2, 3, 4]]);
    const [table, [weight], [bias]] = [zeros(9, 6), weights(), biases()];
    const loss = () => tf.sum(F.embeddingConvMax(words, table, [weight!], [bias!]));
    for (const parameters of [[table], [weight!], [bias!], [table, bias!]]) {
      const { value, grads } = valueAndGrad(loss, parameters);
      expect(grads.map((gradient) => gradient?.shape)).toEqual(parameters.map(({ shape }) => shape));
      tf.dispose([value, ...grads.map((gradient) => gradient!)]);
    }
  });
});
