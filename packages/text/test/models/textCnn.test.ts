import {
  binaryClassification,
  data,
  functional as F,
  hostArray,
  manualSeed,
  optim,
  type Tensor,
  tidy,
  toHost,
  valueAndGrad,
} from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../core/test/golden/closeTo.ts';
import { onBackends } from '../../../core/test/golden/onBackends.ts';
import { EncodedTexts, embeddingMatrix, TextCnn, type TextCnnOptions, Vocab } from '../../src/index.ts';
import { onDevice, recorded, restore, sizes, texts, vectorOf } from '../golden/run.ts';

const numbers = ['<unk>', '<pad>', ...Array.from({ length: sizes.words - 2 }, (_, i) => `${i + 2}`)];

/** The recorded run's model, from its seed. */
function seeded(options: TextCnnOptions = {}): TextCnn {
  manualSeed(0);
  const vectors = embeddingMatrix(
    new Vocab(numbers),
    { get: (word) => vectorOf(numbers.indexOf(word)) },
    { dim: sizes.dim },
  );
  return new TextCnn(sizes.words, sizes.dim, { numFilters: sizes.filters, vectors: vectors.values, ...options });
}

onBackends("PyTorch's run of the TextCNN", (backend) => {
  it('starts from the same weights, bit for bit', async () => {
    const model = seeded();
    expect(new Map(Object.entries(await model.stateDict()))).toEqual(recorded('initial').tensors);
    model.dispose();
  });

  it('gives the same first 50 losses: order, padding, dropout and Adam are the same', async () => {
    const { losses } = recorded('first').config;
    const model = seeded();
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
    const { ids, labels } = texts();
    const loader = new data.DataLoader(new EncodedTexts(ids, labels, { paddingValue: 1 }), {
      batchSize: sizes.batch,
      shuffle: true,
    });
    const objective = binaryClassification(model);
    let step = 0;
    // TensorFlow.js's plain backend is slow: a few steps show that it agrees.
    const steps = backend().name === 'cpu' ? 5 : losses.length;
    while (step < steps) {
      for await (const batch of loader) {
        const { loss } = optimizer.minimize(() => objective.forward(batch as unknown as [Tensor, Tensor]));
        const [value] = await loss.data();
        expect(Math.abs(value! - losses[step]!), `loss of step ${step}`).toBeLessThanOrEqual(1e-5);
        if (++step === steps) break;
      }
    }
    optimizer.dispose();
    model.dispose();
  });

  it('restarted at step 200, gives the same loss, gradients and next loss', async () => {
    const golden = recorded('step 200');
    const model = new TextCnn(sizes.words, sizes.dim, { numFilters: sizes.filters }).eval();
    const names = [...model.namedParameters().keys()];
    model.loadStateDict(Object.fromEntries(names.map((name) => [name, golden.tensor(`parameters/${name}`)])));
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
    const ids = onDevice(golden, 'ids', backend());
    const labels = backend().tensor(golden.tensor('labels'));
    const loss = () => F.binaryCrossEntropyWithLogits(tf.reshape(model.forward(ids), [-1]), labels);

    const { value, grads } = valueAndGrad(loss, model.parameters());
    expect(Math.abs((await value.data())[0]! - golden.config.loss), 'loss').toBeLessThanOrEqual(1e-5);
    for (const [i, name] of names.entries()) {
      expectClose(await toHost(grads[i]!), golden.tensor(`gradients/${name}`), `gradient of ${name}`);
    }
    await restore(optimizer, golden, names);
    optimizer.minimize(loss).dispose();
    const after = tidy(loss);
    expect(Math.abs((await after.data())[0]! - golden.config.loss_after), 'next loss').toBeLessThanOrEqual(1e-5);
    for (const tensor of [value, ...grads, ids, labels, after]) tensor?.dispose();
    optimizer.dispose();
    model.dispose();
  });

  it("sees both tables in Kim's multichannel variant, and trains one", async () => {
    const golden = recorded('multichannel');
    const model = new TextCnn(20, 6, {
      numFilters: 4,
      filterSizes: [2, 3],
      outputDim: 3,
      variant: 'multichannel',
    }).eval();
    const names = Object.keys(await model.stateDict());
    model.loadStateDict(Object.fromEntries(names.map((name) => [name, golden.tensor(`parameters/${name}`)])));
    const ids = onDevice(golden, 'ids', backend());
    const target = onDevice(golden, 'target', backend());
    const logits = tidy(() => model.forward(ids));
    expectClose(await toHost(logits), golden.tensor('logits'), 'logits');
    const trained = [...model.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad);
    expect(trained.map(([name]) => name)).not.toContain('static_embedding.weight');
    const { value, grads } = valueAndGrad(
      () => F.crossEntropy(model.forward(ids), target),
      trained.map(([, parameter]) => parameter),
    );
    for (const [i, [name]] of trained.entries()) {
      expectClose(await toHost(grads[i]!), golden.tensor(`gradients/${name}`), `gradient of ${name}`);
    }
    for (const tensor of [ids, target, logits, value, ...grads]) tensor?.dispose();
    model.dispose();
  });

  it('leaves no tensor behind', () => {
    const model = seeded();
    const before = tf.memory().numTensors;
    const words = backend().tensor(hostArray('int32', [2, 3], Int32Array.of(5, 6, 7, 8, 9, 1)));
    tidy(() => model.forward(words)).dispose();
    words.dispose();
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

onBackends('a TextCnn', (backend) => {
  const words = (...rows: number[][]) =>
    backend().tensor(hostArray('int32', [rows.length, rows[0]!.length], Int32Array.from(rows.flat())));

  it("is the notes' network", async () => {
    const model = new TextCnn(25_002, 100);
    const shapes = Object.entries(await model.stateDict()).map(([key, { shape }]) => [key, [...shape]]);
    expect(shapes).toEqual([
      ['embedding.weight', [25002, 100]],
      ['convs.0.weight', [100, 1, 3, 100]],
      ['convs.0.bias', [100]],
      ['convs.1.weight', [100, 1, 4, 100]],
      ['convs.1.bias', [100]],
      ['convs.2.weight', [100, 1, 5, 100]],
      ['convs.2.bias', [100]],
      ['fc.weight', [1, 300]],
      ['fc.bias', [1]],
    ]);
    expect(model.parameters().reduce((sum, { size }) => sum + size, 0)).toBe(2_620_801);
    model.dispose();
  });

  it('fills up texts shorter than its highest filter', async () => {
    const model = seeded().eval();
    const [short, filled] = [words([7]), words([7, 1, 1, 1, 1])];
    const [a, b] = [tidy(() => model.forward(short)), tidy(() => model.forward(filled))];
    expect(await a.data()).toEqual(await b.data());
    for (const tensor of [short, filled, a, b]) tensor.dispose();
    model.dispose();
  });

  it.each([
    ['rand', true],
    ['static', false],
    ['non-static', true],
  ] as const)('trains its table or not: %s', async (variant, trained) => {
    const model = seeded({ variant, ...(variant === 'rand' && { vectors: undefined }) });
    expect(model.embedding.weight.requiresGrad).toBe(trained);
    const before = (await model.embedding.weight.toHost()).data;
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
    const ids = words([2, 3, 4, 5, 6]);
    optimizer.minimize(() => tf.sum(model.forward(ids)) as Tensor).dispose();
    const after = (await model.embedding.weight.toHost()).data;
    expect([...after].some((value, i) => value !== before[i])).toBe(trained);
    // The padding stays 0.
    expect([...after.subarray(sizes.dim, 2 * sizes.dim)].every((value) => value === 0)).toBe(true);
    ids.dispose();
    optimizer.dispose();
    model.dispose();
  });
});

describe('a TextCnn refuses', () => {
  it.each([
    [{ filterSizes: [] }, 'TextCnn: expected filter sizes whole and above 0, got []'],
    [{ filterSizes: [3, 0] }, 'TextCnn: expected filter sizes whole and above 0, got [3, 0]'],
    [
      { vectors: hostArray('float32', [4, 2], new Float32Array(8)) },
      'TextCnn: expected vectors of shape [5, 2], got [4, 2]',
    ],
    [
      { variant: 'rand', vectors: hostArray('float32', [5, 2], new Float32Array(10)) },
      "TextCnn: the variant 'rand' draws its vectors, expected none",
    ],
  ] as const)('%o', (options, message) => {
    expect(() => new TextCnn(5, 2, options)).toThrow(message);
  });
});
