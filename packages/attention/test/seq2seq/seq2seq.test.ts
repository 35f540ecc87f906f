import { manualSeed, type Tensor, tidy, toHost, valueAndGrad } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BahdanauDecoder,
  collatePairs,
  createSeq2Seq,
  Decoder,
  Encoder,
  Seq2Seq,
  type Seq2SeqBatch,
  type TokenPair,
  translation,
} from '../../src/index.ts';
import { configs, opinionated } from '../decoding/models.ts';
import { simd } from '../onSimd.ts';

beforeAll(async () => {
  await simd();
});

const pairs: readonly TokenPair[] = [
  { source: [2, 3, 4, 5, 6, 7, 8], target: [3] },
  { source: [9], target: [2, 4, 5, 6] },
  { source: [4, 4, 11], target: [8, 8] },
  { source: [], target: [5] },
];

/** A batch of pairs on the backend, with so much more filling than it needs. */
async function batchOf(chosen: readonly TokenPair[], more = 0): Promise<Seq2SeqBatch> {
  const backend = await simd();
  const { source, sourceLengths, input, target, tokens } = collatePairs(chosen);
  const wider = (tensor: Tensor, value: number): Tensor =>
    more === 0 ? tensor : tf.concat([tensor, tf.fill([tensor.shape[0]!, more], value, 'int32')], 1);
  return {
    source: wider(backend.tensor(source), 7),
    sourceLengths: backend.tensor(sourceLengths!),
    input: wider(backend.tensor(input), 6),
    target: wider(backend.tensor(target), -100),
    tokens,
  };
}

describe.each(Object.entries(configs))('a model: %s', (_, config) => {
  it('is not changed by what fills a batch up: neither its logits nor its loss nor any gradient', async () => {
    const model = (await opinionated({ ...config, dropout: 0 })).train();
    const objective = translation(model);
    const lossAndGradients = async (batch: Seq2SeqBatch) => {
      const { value, grads } = valueAndGrad(() => objective.forward(batch), model.parameters());
      return {
        loss: (await value.loss.data())[0]!,
        grads: await Promise.all(grads.map((gradient) => toHost(gradient!))),
      };
    };
    const plain = await lossAndGradients(await batchOf(pairs));
    const filled = await lossAndGradients(await batchOf(pairs, 5));
    expect(filled.loss).toBeCloseTo(plain.loss, 5);
    const largest = Math.max(...plain.grads.flatMap(({ data }) => [...data].map(Math.abs)));
    for (const [i, { data }] of plain.grads.entries()) {
      for (const [at, value] of data.entries()) {
        expect(Math.abs(filled.grads[i]!.data[at]! - value)).toBeLessThan(1e-5 * largest);
      }
    }
    for (const [row, pair] of pairs.entries()) {
      const [alone, together] = await Promise.all([batchOf([pair]), batchOf(pairs, 2)]);
      const own = tidy(() => model.forward(alone).logits);
      const among = tidy(() => tf.slice(model.forward(together).logits, [row, 0, 0], [1, own.shape[1]!, -1]));
      const most = Math.max(1, (await tf.max(tf.abs(own)).data())[0]!);
      expect((await tf.max(tf.abs(tf.sub(own, among))).data())[0]).toBeLessThan(1e-5 * most);
    }
  });

  it('without teacher forcing is given its own words', async () => {
    const model = (await opinionated({ ...config, dropout: 0 })).eval();
    const batch = await batchOf([pairs[0]!, pairs[2]!], 4);
    const { logits } = model.forward(batch, { teacherForcing: false });
    const words = tf.argMax(logits, 2);
    const steps = words.shape[1]!;
    const input = tf.concat([tf.zeros([2, 1], 'int32'), tf.slice(words, [0, 0], [2, steps - 1])], 1);
    const forced = model.forward({ ...batch, input }).logits;
    expect((await tf.max(tf.abs(tf.sub(forced, logits))).data())[0]).toBeLessThan(1e-4);
  });
});

describe('the model', () => {
  it("has the state dict of PyTorch's tutorial", async () => {
    manualSeed(0);
    const model = createSeq2Seq({ attention: 'bahdanau', hiddenSize: 4 }, { source: 5, target: 6 });
    expect(Object.keys(await model.stateDict())).toEqual([
      'encoder.embedding.weight',
      ...['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0'].map((name) => `encoder.gru.${name}`),
      'decoder.embedding.weight',
      ...['Wa', 'Ua', 'Va'].flatMap((name) => [`decoder.attention.${name}.weight`, `decoder.attention.${name}.bias`]),
      ...['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0'].map((name) => `decoder.gru.${name}`),
      'decoder.out.weight',
      'decoder.out.bias',
    ]);
  });

  it('refuses parts that do not fit', () => {
    const encoder = new Encoder(5, 4, { cell: 'lstm' });
    expect(() => new Seq2Seq(encoder, new BahdanauDecoder(4, 6))).toThrow(
      "expected one kind of cell, got 'lstm' and 'gru'",
    );
    expect(() => new Seq2Seq(new Encoder(5, 4), new Decoder(4, 6, { numLayers: 2 }))).toThrow(
      'expected a decoder of at most 1 layers, as many as the encoder has, got 2',
    );
    expect(() => createSeq2Seq({ attention: 'some' as 'none', hiddenSize: 4 }, { source: 5, target: 6 })).toThrow(
      "expected attention none, bahdanau, luong-dot, luong-general, luong-concat, got 'some'",
    );
    expect(() => new BahdanauDecoder(4, 6, { arrangement: 'mine' as 'notes' })).toThrow("got 'mine'");
    expect(() => new Encoder(5, 4, { cell: 'rnn' as 'gru' })).toThrow("expected cell 'gru' or 'lstm', got 'rnn'");
  });
});

describe('the objective', () => {
  it('counts the words of the targets and their ends, and no others', async () => {
    const model = await opinionated(configs.tutorial!);
    const objective = translation(model);
    const batch = await batchOf(pairs);
    expect([objective.examples(batch), objective.predictions!(batch)]).toEqual([4, 12]);
  });

  it('smooths labels while training only', async () => {
    const model = (await opinionated({ ...configs.tutorial!, dropout: 0 })).eval();
    const batch = await batchOf(pairs);
    const loss = async (labelSmoothing: number) =>
      (await translation(model, { labelSmoothing }).forward(batch).loss.data())[0]!;
    expect(await loss(0.2)).toBe(await loss(0));
    model.train();
    expect(await loss(0.2)).not.toBeCloseTo(await loss(0), 3);
  });

  it('throws a coin for each batch, of which the share of teacher forcing comes up heads', async () => {
    const model = (await opinionated({ ...configs.tutorial!, dropout: 0 })).train();
    const batch = await batchOf(pairs, 3);
    const [forced, free] = await Promise.all(
      [1, 0].map(
        async (teacherForcing) => (await translation(model, { teacherForcing }).forward(batch).loss.data())[0]!,
      ),
    );
    expect(forced).not.toBeCloseTo(free!, 3);
    manualSeed(5);
    let heads = 0;
    const objective = translation(model, { teacherForcing: () => 0.75 });
    for (let i = 0; i < 60; i++) {
      const { loss } = objective.forward(batch);
      const value = (await loss.data())[0]!;
      if (Math.abs(value - forced!) < 1e-4) heads++;
      else expect(value).toBeCloseTo(free!, 4);
    }
    expect(heads).toBeGreaterThan(30);
    expect(heads).toBeLessThan(58);
    expect(() => translation(model, { teacherForcing: 2 })).toThrow('from 0 to 1, got 2');
  });
});
