import { defaultGenerator } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  TextClassifier as Classifier,
  englishTokenizer,
  type TextClassifier,
  TextCnn,
  TextError,
  TokenizedTexts,
  Vocab,
} from '../../src/index.ts';
import { simd } from '../onSimd.ts';
import { reviews } from '../reviews.ts';
import { trained } from '../trained.ts';

let plain: TextClassifier;
let blended: TextClassifier;
beforeAll(async () => {
  await simd();
  plain = await trained('notes');
  blended = await trained('best');
});
const both = () => [plain, blended];

describe('a classifier of texts', () => {
  it('tells unseen reviews apart, with a probability', async () => {
    const { texts, labels } = reviews(60, 99);
    for (const classifier of both()) {
      const predictions = await classifier.predict(texts);
      predictions.forEach(({ label, probability, probabilities, logits }, i) => {
        expect(label).toBe(classifier.labels[labels[i]!]);
        expect(probability).toBeGreaterThan(0.5);
        expect(probabilities[1]).toBeCloseTo(1 / (1 + Math.exp(-logits[0]!)), 6);
        expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
      });
    }
  });

  it('counts as it predicts', async () => {
    const { texts, labels } = reviews(70, 5);
    const wrong = labels.map((label, i) => (i < 7 ? 1 - label : label));
    for (const classifier of both()) {
      const tokenized = TokenizedTexts.of(texts, englishTokenizer);
      const { accuracy, correct, examples, loss, predictions } = await classifier.evaluate(tokenized, wrong);
      expect({ accuracy, correct, examples }).toEqual({ accuracy: 63 / 70, correct: 63, examples: 70 });
      const single = await classifier.predict(texts);
      expect([...predictions]).toEqual(single.map(({ label }) => classifier.labels.indexOf(label)));
      const mean = single.reduce((sum, { probabilities }, i) => sum - Math.log(probabilities[wrong[i]!]!), 0) / 70;
      expect(loss).toBeCloseTo(mean, 5);
    }
  });

  it("gives a text the same logit whatever is asked with it, and leaves runs' random numbers alone", async () => {
    const texts = [...reviews(20, 3).texts, 'good', 'is wonderful '.repeat(300)];
    const state = defaultGenerator.getState();
    for (const classifier of both()) {
      const together = await classifier.predict(texts);
      for (const i of [0, 7, 20, 21]) {
        const [alone] = await classifier.predict([texts[i]!]);
        expect(alone!.logits[0]).toBeCloseTo(together[i]!.logits[0]!, 4);
      }
    }
    expect(defaultGenerator.getState()).toEqual(state);
  });

  it('predicts in evaluation mode, and puts every module back into its own', async () => {
    plain.cnn.train();
    plain.cnn.fc.eval();
    const [a, b] = [await plain.predict(['is wonderful']), await plain.predict(['is wonderful'])];
    expect(a).toEqual(b);
    expect([plain.cnn.training, plain.cnn.dropout.training, plain.cnn.fc.training]).toEqual([true, true, false]);
    plain.cnn.eval();
  });

  it('reads 10,000 words, HTML, emoji, other scripts and words that it does not know', async () => {
    const texts = [
      'this movie is wonderful . '.repeat(2500),
      '<p>This movie <b>is</b> wonderful.<br /></p>',
      '😀👍🏽 is wonderful',
      'とても良い映画 is wonderful',
      'xyzzy plugh',
      '\u202eevil\u0007 is wonderful',
    ];
    for (const classifier of both()) {
      const predictions = await classifier.predict(texts);
      expect(predictions.map(({ words }) => words)).toEqual([12500, 5, 4, 9, 2, 3]);
      expect(predictions[4]!.knownWords).toBe(0);
      expect(predictions.filter((_, i) => i !== 4).every(({ label }) => label === 'pos')).toBe(true);
      expect(predictions.every(({ probability }) => probability >= 0.5 && probability <= 1)).toBe(true);
    }
  });

  it.each([
    ['', 'the text is empty: there is nothing to judge'],
    [' \n\t', 'the text is empty: there is nothing to judge'],
    ['<br />', 'the text has no word: there is nothing to judge'],
  ])('refuses %j', async (text, message) => {
    expect(plain.refusal(text)).toBe(message);
    await expect(plain.predict([text])).rejects.toThrow(TextError);
    await expect(plain.predict([text])).rejects.toThrow(message);
    await expect(plain.predict(['fine', text])).rejects.toThrow(`text 2 of 2: ${message}`);
    await expect(plain.explain(text)).rejects.toThrow(message);
    expect(plain.refusal('fine')).toBeUndefined();
  });

  it('gives nothing for no texts, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    expect(await blended.predict([])).toEqual([]);
    await blended.predict(['is wonderful', 'is awful']);
    await blended.explain('is wonderful');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses parts that do not belong together', () => {
    const vocab = new Vocab(['<unk>', '<pad>', 'a']);
    const make = (cnn: TextCnn, parts: object) => () =>
      new Classifier({ tokenizer: englishTokenizer, vocab, cnn, ...parts });
    const three = new TextCnn(3, 4, { outputDim: 3 });
    expect(make(three, {})).toThrow('expected 3 labels for a model of 3 classes, got 2');
    expect(make(new TextCnn(5, 4), {})).toThrow(
      'expected a vocabulary of 5 words, as many as the embedding has, got 3',
    );
    expect(make(three, { labels: ['a', 'b', 'c'], wide: blended.wide })).toThrow('a model of n-grams has one logit');
  });
});
