import { manualSeed } from '@flambeau/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { decisiveNgrams, englishTokenizer, TextClassifier, TextCnn, Vocab } from '../../src/index.ts';
import { simd } from '../onSimd.ts';
import { trained } from '../trained.ts';

let plain: TextClassifier;
let blended: TextClassifier;
let threeClasses: TextClassifier;
beforeAll(async () => {
  await simd();
  plain = await trained('notes');
  blended = await trained('best');
  manualSeed(2);
  const vocab = new Vocab(['<unk>', '<pad>', ...'this movie is wonderful a terrible bore .'.split(' ')]);
  const cnn = new TextCnn(vocab.length, 6, {
    numFilters: 5,
    filterSizes: [1, 2, 4],
    outputDim: 3,
    variant: 'multichannel',
  });
  threeClasses = new TextClassifier({ tokenizer: englishTokenizer, vocab, cnn, labels: ['a', 'b', 'c'] });
});

const texts = [
  "I saw this film: it isn't bad at all.<br />This movie is wonderful!",
  'This movie is a dreadful mess, wasted my time...',
  'wonderful',
  'xyzzy plugh',
  `${'the whole thing was a terrible bore . '.repeat(90)} is wonderful`,
];

const sum = (parts: readonly { contribution: number }[], bias: number) =>
  parts.reduce((total, { contribution }) => total + contribution, bias);

describe('an explanation', () => {
  it('adds up to the logit that was predicted, by n-grams and by words', async () => {
    for (const classifier of [plain, blended, threeClasses]) {
      for (const text of texts) {
        const explanation = await classifier.explain(text);
        const [prediction] = await classifier.predict([text]);
        const { logit, bias, ngrams, words, label, probability } = explanation;
        expect(sum(ngrams, bias)).toBeCloseTo(logit, 9);
        expect(sum(words, bias)).toBeCloseTo(logit, 9);
        expect(label).toBe(prediction!.label);
        expect(probability).toBeCloseTo(prediction!.probability, 4);
        const place = classifier.labels.indexOf(label);
        const predicted =
          classifier === threeClasses ? prediction!.logits[place]! : prediction!.logits[0]! * (place === 0 ? -1 : 1);
        expect(Math.abs(logit - predicted)).toBeLessThan(1e-4 * Math.max(1, Math.abs(predicted)));
      }
    }
  });

  it('names n-grams of the text where they stand', async () => {
    const tokens = englishTokenizer(texts[0]!);
    const { ngrams } = await blended.explain(texts[0]!);
    expect(ngrams.map(({ branch }) => branch)).toEqual(expect.arrayContaining(['cnn', 'wide']));
    expect(ngrams.some(({ gap }) => gap)).toBe(true);
    for (const { ngram, start, length, gap, filter, branch } of ngrams) {
      const span = tokens.slice(start, start + length);
      expect(gap ? `${span[0]} … ${span.at(-1)}` : span.join(' ')).toBe(ngram);
      expect(filter !== undefined).toBe(branch === 'cnn');
    }
    const strengths = ngrams.map(({ contribution }) => Math.abs(contribution));
    expect(strengths).toEqual([...strengths].sort((a, b) => b - a));
  });

  it('finds what decided', async () => {
    for (const classifier of [plain, blended]) {
      const [first] = decisiveNgrams(await classifier.explain(texts[1]!));
      expect(first!.ngram).toMatch(/dreadful|mess|wasted|time/);
      expect(first!.contribution).toBeGreaterThan(0);
    }
  });

  it('says where each word stands in the cleaned text', async () => {
    const { text, words } = await plain.explain(texts[0]!);
    expect(text).toBe("I saw this film: it isn't bad at all. This movie is wonderful!");
    for (const { token, start, end } of words) expect(text.slice(start, end).toLowerCase()).toBe(token);
    expect(words.find(({ token }) => token === 'wonderful')!.known).toBe(true);
    expect((await plain.explain('xyzzy')).words[0]!.known).toBe(false);
  });

  it('explains the other class by the same numbers, the other way round', async () => {
    const [pos, neg] = [
      await blended.explain(texts[0]!, { label: 'pos' }),
      await blended.explain(texts[0]!, { label: 'neg' }),
    ];
    expect(neg.logit).toBeCloseTo(-pos.logit, 10);
    expect(neg.probability).toBeCloseTo(1 - pos.probability, 10);
    expect([pos.otherLabel, neg.otherLabel]).toEqual(['neg', 'pos']);
    expect(sum(neg.ngrams, neg.bias)).toBeCloseTo(-pos.logit, 9);
    await expect(blended.explain('fine', { label: 'good' })).rejects.toThrow(
      "there is no class 'good', expected one of neg, pos",
    );
  });

  it('tells how much the CNN has not read', async () => {
    expect((await plain.explain(texts[4]!)).unreadWords).toBe(90 * 8 + 2 - 500);
    expect((await plain.explain(texts[0]!)).unreadWords).toBe(0);
  });
});
