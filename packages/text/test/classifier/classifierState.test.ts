import { type HostArray, parseSafetensors, serializeSafetensors } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ClassifierState,
  classifierOfState,
  classifierState,
  TextClassifier,
  TextCnn,
  TextError,
  Vocab,
  whitespaceTokenizer,
} from '../../src/index.ts';
import { simd } from '../onSimd.ts';
import { trained } from '../trained.ts';

let plain: TextClassifier;
let blended: TextClassifier;
beforeAll(async () => {
  await simd();
  plain = await trained('notes');
  blended = await trained('best');
});

const texts = ['this movie is wonderful', 'a terrible bore', 'xyzzy'];

describe('a classifier in a file', () => {
  it('predicts and explains as before', async () => {
    for (const classifier of [plain, blended]) {
      const { tensors, metadata } = await classifierState(classifier);
      const file = parseSafetensors(serializeSafetensors(Object.entries(tensors), metadata));
      const again = classifierOfState(file.tensors, file.metadata);
      const [before, after] = [await classifier.predict(texts), await again.predict(texts)];
      for (const [i, { logits, ...rest }] of before.entries()) {
        expect(after[i]!.logits[0]).toBeCloseTo(logits[0]!, 5);
        expect(after[i]!.label).toBe(rest.label);
      }
      expect((await again.explain(texts[0]!)).logit).toBeCloseTo((await classifier.explain(texts[0]!)).logit, 5);
      again.dispose();
    }
  });

  it("holds the CNN's weights by PyTorch's keys", async () => {
    const { tensors, metadata } = await classifierState(plain);
    expect(Object.keys(tensors)).toEqual([
      'embedding.weight',
      ...[0, 1, 2].flatMap((i) => [`convs.${i}.weight`, `convs.${i}.bias`]),
      'fc.weight',
      'fc.bias',
    ]);
    expect(metadata.model).toBe('TextCnn');
    expect(Object.keys((await classifierState(blended)).tensors)).toContain('wide.hashes');
  });

  it('may hold other weights, those of the best epoch', async () => {
    const weights = await plain.cnn.stateDict();
    weights['fc.bias'] = { ...weights['fc.bias']!, data: Float32Array.of(99) };
    const { tensors, metadata } = await classifierState(plain, weights);
    const again = classifierOfState(tensors, metadata);
    expect((await again.predict(['a terrible bore']))[0]!.label).toBe('pos');
    again.dispose();
  });

  it("asks for a tokenizer of the user's own", async () => {
    const tokenizer = (text: string) => text.split('|');
    const vocab = new Vocab(['<unk>', '<pad>', 'a']);
    const own = new TextClassifier({ tokenizer, vocab, cnn: new TextCnn(3, 4), labels: ['no', 'yes'] });
    const { tensors, metadata } = await classifierState(own);
    expect(() => classifierOfState(tensors, metadata)).toThrow(
      'the classifier was made with a tokenizer of its own: expected it among the options',
    );
    const again = classifierOfState(tensors, metadata, { tokenizer });
    expect((await again.predict(['a|b']))[0]!.words).toBe(2);
    const spaces = new TextClassifier({ tokenizer: whitespaceTokenizer, vocab, cnn: new TextCnn(3, 4) });
    const state = await classifierState(spaces);
    expect(classifierOfState(state.tensors, state.metadata).tokenizer).toBe(whitespaceTokenizer);
  });

  const change = (metadata: ClassifierState['metadata'], part: object) => ({
    ...metadata,
    classifier: JSON.stringify({ ...JSON.parse(metadata.classifier!), ...part }),
  });

  it.each<[string, (state: ClassifierState) => ClassifierState, string]>([
    ['no description', ({ tensors }) => ({ tensors, metadata: {} }), 'expected the file of a text classifier'],
    [
      'a description cut off',
      ({ tensors, metadata }) => ({ tensors, metadata: { ...metadata, classifier: '{"tok' } }),
      "the classifier's description is damaged",
    ],
    [
      'a description of nothing',
      ({ tensors, metadata }) => ({ tensors, metadata: { ...metadata, classifier: 'null' } }),
      "the classifier's description is damaged",
    ],
    [
      'no vocabulary',
      ({ tensors, metadata }) => ({ tensors, metadata: { ...metadata, vocab: '' } }),
      'the vocabulary is empty',
    ],
    [
      'another vocabulary',
      ({ tensors, metadata }) => ({ tensors, metadata: { ...metadata, vocab: '<unk>\n<pad>\n' } }),
      'expected embedding.weight of shape [2, 12], as the vocabulary has it',
    ],
    [
      'filters of absurd size',
      ({ tensors, metadata }) => {
        const { cnn } = JSON.parse(metadata.classifier!);
        return { tensors, metadata: change(metadata, { cnn: { ...cnn, filterSizes: [1e9] } }) };
      },
      "the classifier's description is damaged",
    ],
    [
      'more filters than it has weights for',
      ({ tensors, metadata }) => {
        const { cnn } = JSON.parse(metadata.classifier!);
        return { tensors, metadata: change(metadata, { cnn: { ...cnn, numFilters: 1_000_000 } }) };
      },
      'expected convs.0.weight of shape [1000000, 1, 3, 12], got [8, 1, 3, 12]',
    ],
    [
      'padding that is no word',
      ({ tensors, metadata }) => {
        const { cnn } = JSON.parse(metadata.classifier!);
        return { tensors, metadata: change(metadata, { cnn: { ...cnn, paddingIdx: 5000 } }) };
      },
      'expected the padding among',
    ],
    [
      'a description that nests without end',
      ({ tensors, metadata }) => ({
        tensors,
        metadata: { ...metadata, classifier: `${'['.repeat(50_000)}${']'.repeat(50_000)}` },
      }),
      "the classifier's description is damaged: it nests deeper than 8",
    ],
    [
      'an unknown tokenizer',
      ({ tensors, metadata }) => ({ tensors, metadata: change(metadata, { tokenizer: 'constructor' }) }),
      "there is no tokenizer 'constructor', expected one of english, whitespace",
    ],
    [
      'a blend without n-grams',
      ({ tensors, metadata }) => ({
        tensors,
        metadata: change(metadata, { blend: { cnn: 1, wide: 1, bias: 0 } }),
      }),
      'the classifier has a blend, but no n-grams',
    ],
    [
      'a missing weight',
      ({ tensors, metadata }) => {
        const { 'fc.bias': _, ...rest } = tensors as Record<string, HostArray>;
        return { tensors: rest, metadata };
      },
      'fc.bias',
    ],
    [
      'other labels',
      ({ tensors, metadata }) => ({ tensors, metadata: change(metadata, { labels: ['one'] }) }),
      'expected 2 labels for a model of 2 classes, got 1',
    ],
  ])('is refused with %s, and leaves no tensor', async (_, damage, message) => {
    const state = damage(await classifierState(plain));
    const before = tf.memory().numTensors;
    const load = () => classifierOfState(state.tensors, state.metadata);
    expect(load).toThrow(TextError);
    expect(load).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});
