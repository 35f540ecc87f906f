import { hostArray, parseSafetensors, serializeSafetensors } from '@flambeau/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { englishTokenizer, TextError, TokenizedTexts, WideNgrams } from '../../src/index.ts';
import { reviews } from '../reviews.ts';

const { texts, labels } = reviews(200);
const tokenized = TokenizedTexts.of(texts, englishTokenizer);
let wide: WideNgrams;
beforeAll(async () => {
  wide = await WideNgrams.fit(tokenized, labels, { maxNgram: 3 });
});

describe('the model of n-grams', () => {
  it('tells unseen reviews apart, by word order too', () => {
    const unseen = reviews(50, 99);
    const logits = wide.logits(TokenizedTexts.of(unseen.texts, englishTokenizer));
    expect(logits.every((logit, i) => logit > 0 === (unseen.labels[i] === 1))).toBe(true);
    expect(wide.logit(englishTokenizer('it is not good at all'))).toBeLessThan(0);
    expect(wide.logit(englishTokenizer("it isn't bad at all"))).toBeGreaterThan(0);
  });

  it('explains each logit by n-grams of the text', () => {
    const tokens = englishTokenizer('This movie is not good at all, this movie!');
    const parts = wide.contributions(tokens);
    const sum = parts.reduce((total, { contribution }) => total + contribution, wide.bias);
    expect(sum).toBeCloseTo(wide.logit(tokens), 10);
    expect(sum).toBeCloseTo(
      wide.logits(TokenizedTexts.of(['This movie is not good at all, this movie!'], englishTokenizer))[0]!,
      5,
    );
    for (const { ngram, start, length } of parts) expect(tokens.slice(start, start + length).join(' ')).toBe(ngram);
    expect(parts.filter(({ ngram }) => ngram === 'this movie')).toHaveLength(1);
    expect(parts.map(({ ngram }) => ngram)).toContain('not good at');
  });

  it('sees pairs of words whatever stands between them', async () => {
    const pairs = TokenizedTexts.of(
      ['not very good', 'not so good', 'quite bad', 'quite bad', 'not a good x'],
      englishTokenizer,
    );
    const model = await WideNgrams.fit(pairs, [0, 0, 1, 1, 0], { maxNgram: 1, maxGap: 1 });
    const parts = model.contributions([
      'not',
      'that',
      'good',
      'not',
      'much',
      'good',
      'not',
      'good',
      'not',
      'x',
      'y',
      'good',
    ]);
    expect(parts.filter(({ gap }) => gap)).toEqual([
      { ngram: 'not … good', start: 0, length: 3, gap: true, contribution: expect.any(Number) },
    ]);
    expect(parts.find(({ gap }) => gap)!.contribution).toBeLessThan(0);
  });

  it('counts an n-gram only if enough texts have it', async () => {
    const few = TokenizedTexts.of(['good rare', 'good', 'bad', 'bad bad bad once'], englishTokenizer);
    const model = await WideNgrams.fit(few, [1, 1, 0, 0], { maxNgram: 2, minTexts: 2 });
    expect(model.size).toBe(2);
    expect(model.contributions(['rare', 'once', 'bad', 'bad']).map(({ ngram }) => ngram)).toEqual(['bad']);
  });

  it('gives its bias for a text that it knows nothing of', () => {
    expect(wide.logit(['xyzzy'])).toBe(wide.bias);
    expect(wide.logit([])).toBe(wide.bias);
  });

  it('comes back from a file as it was', () => {
    const file = serializeSafetensors(Object.entries(wide.stateDict()));
    const again = WideNgrams.fromStateDict(Object.fromEntries(parseSafetensors(file).tensors));
    expect(again.size).toBe(wide.size);
    const tokens = englishTokenizer(texts[0]!);
    expect(again.logit(tokens)).toBeCloseTo(wide.logit(tokens), 5);
  });

  it.each([
    ['nothing', {}],
    ['no weights', { weights: undefined }],
    ['too few weights', { weights: hostArray('float32', [1], new Float32Array(1)) }],
    [
      'hashes out of order',
      { hashes: hostArray('int32', [2], Int32Array.of(5, 5)), weights: hostArray('float32', [2], new Float32Array(2)) },
    ],
    ['no length', { kinds: hostArray('int32', [2], Int32Array.of(0, 0)) }],
    ['an absurd gap', { kinds: hostArray('int32', [2], Int32Array.of(3, 1e9)) }],
    ['weights that are no floats', { weights: hostArray('int32', [1], new Int32Array(1)) }],
  ])('is refused with %s', (what, changed) => {
    const dict = what === 'nothing' ? {} : { ...wide.stateDict(), ...changed };
    expect(() => WideNgrams.fromStateDict(dict as ReturnType<WideNgrams['stateDict']>)).toThrow(TextError);
  });

  it('wants two classes', async () => {
    await expect(WideNgrams.fit(TokenizedTexts.of(['a', 'b'], englishTokenizer), [1, 1])).rejects.toThrow(
      'expected texts of the classes 0 and 1, got 1',
    );
    await expect(WideNgrams.fit(TokenizedTexts.of(['a'], englishTokenizer), [0, 1])).rejects.toThrow(RangeError);
  });

  it('can be interrupted while it is fitted', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await WideNgrams.fit(tokenized, labels);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });
});
