import { defaultGenerator, manualSeed, type StepInfo, Trainer } from '@flambeau/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { finishTraining, prepareTraining, TextError, type TextRecipe, TokenizedTexts } from '../../src/index.ts';
import { simd } from '../onSimd.ts';
import { reviews } from '../reviews.ts';
import { small } from '../trained.ts';

beforeAll(async () => {
  await simd();
});

const { texts, labels } = reviews(120);
class Stop extends Error {}

/** Two epochs; `stopAt` breaks the run off. */
function run(recipe: TextRecipe, stopAt?: number) {
  manualSeed(7);
  const training = prepareTraining(recipe, { texts, labels });
  const { model, objective, trainLoader, heldOutLoader } = training;
  const optimizer = recipe.createOptimizer(model.parameters(), { lr: recipe.learningRate });
  const scheduler = recipe.createScheduler?.(optimizer, {
    lr: recipe.learningRate,
    epochs: 2,
    stepsPerEpoch: trainLoader.length,
  });
  const onStep = ({ step }: StepInfo) => {
    if (step === stopAt) throw new Stop();
  };
  const trainer = new Trainer({ model, optimizer, objective, scheduler, callbacks: [{ onStep }] });
  return { training, trainer, fit: () => trainer.fit(trainLoader, { epochs: 2, validation: heldOutLoader }) };
}

describe('a training made ready', () => {
  it('holds texts out, none of which is trained on or known to the vocabulary', () => {
    manualSeed(0);
    const marked = texts.map((text, i) => `${text} mark${i}`);
    const { trainTexts, heldOutTexts, trainLabels, heldOutLabels, vocab, trainLoader, heldOutLoader } = prepareTraining(
      small('notes', { batchSize: 10 }),
      { texts: marked, labels },
    );
    const marks = (from: TokenizedTexts) =>
      Array.from({ length: from.length }, (_, i) => Number(from.tokens(i).at(-1)!.slice(4)));
    const [trained, heldOut] = [marks(trainTexts), marks(heldOutTexts)];
    expect(heldOut).toHaveLength(12);
    expect([...trained, ...heldOut].sort((a, b) => a - b)).toEqual(texts.map((_, i) => i));
    expect([...trainLabels, ...heldOutLabels]).toEqual([...trained, ...heldOut].map((i) => labels[i]));
    expect(trained.every((i) => vocab.has(`mark${i}`))).toBe(true);
    expect(heldOut.some((i) => vocab.has(`mark${i}`))).toBe(false);
    expect([trainLoader.length, heldOutLoader.length]).toEqual([11, 2]);
  });

  it('is the same from the same seed', async () => {
    const state = async () => {
      manualSeed(5);
      const { model, heldOutLabels, vocab } = prepareTraining(small('best'), { texts, labels });
      const weights = await model.stateDict();
      return { weights, heldOutLabels, words: vocab.getItos(), next: defaultGenerator.random32() };
    };
    expect(await state()).toEqual(await state());
  });

  it('takes vectors that are there, and counts them', async () => {
    manualSeed(0);
    const vectors = new Map([['film', Float32Array.from({ length: 12 }, (_, i) => i)]]);
    const { model, vocab, wordsWithVector } = prepareTraining(small('notes'), { texts, labels, vectors });
    const { data } = await model.embedding.weight.toHost();
    const row = (word: string) => [...(data as Float32Array).subarray(vocab.lookupIndex(word) * 12).subarray(0, 12)];
    expect(row('film')).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect([row('<unk>'), row('<pad>')].flat().every((value) => value === 0)).toBe(true);
    expect(row('is').some((value) => value !== 0)).toBe(true);
    expect([wordsWithVector, model.variant]).toEqual([1, 'non-static']);
  });

  it('learns, with each recipe, and its classifier predicts', async () => {
    for (const name of ['notes', 'cnn', 'best']) {
      const { training, fit } = run(small(name, { learningRate: 0.02, heldOut: 0.2 }));
      await fit();
      const stages: string[] = [];
      const classifier = await finishTraining(training, { onProgress: (what) => stages.push(what) });
      expect(classifier.wide !== undefined).toBe(name === 'best');
      expect(stages.length > 0).toBe(name === 'best');
      const unseen = reviews(40, 77);
      const { accuracy } = await classifier.evaluate(
        TokenizedTexts.of(unseen.texts, classifier.tokenizer),
        unseen.labels,
      );
      expect(accuracy, name).toBeGreaterThan(0.8);
    }
  });

  it('goes on in mid-epoch, words dropped and buckets too, as if it had never stopped', async () => {
    for (const name of ['notes', 'cnn']) {
      const recipe = small(name);
      const whole = run(recipe);
      const history = await whole.fit();
      for (const stopAt of [1, 7, 10]) {
        const cut = run(recipe, stopAt);
        await expect(cut.fit()).rejects.toThrow(Stop);
        const state = await cut.trainer.stateDict();
        const rest = run(recipe);
        rest.trainer.loadStateDict(state);
        const last = (await rest.fit()).at(-1)!;
        expect(await rest.training.model.stateDict(), `${name} stopped at ${stopAt}`).toEqual(
          await whole.training.model.stateDict(),
        );
        expect([last.totalLoss, last.validation]).toEqual([history[1]!.totalLoss, history[1]!.validation]);
      }
    }
  });

  it('has one logit a class where there are more than two', async () => {
    manualSeed(0);
    const { model, objective, trainLoader } = prepareTraining(small('notes'), {
      texts,
      labels: labels.map((_, i) => i % 3),
      classes: ['a', 'b', 'c'],
    });
    expect(model.outputDim).toBe(3);
    const optimizer = small('notes').createOptimizer(model.parameters(), { lr: 0.01 });
    const [epoch] = await new Trainer({ model, optimizer, objective }).fit(trainLoader, { epochs: 1 });
    expect(epoch!.examples).toBe(108);
  });

  it('refuses labels that do not fit, and too few texts', () => {
    expect(() => prepareTraining(small('notes'), { texts, labels: [1] })).toThrow(TextError);
    expect(() => prepareTraining(small('notes'), { texts, labels: [1] })).toThrow(
      'expected a label for each of 120 texts, got 1',
    );
    expect(() => prepareTraining(small('notes'), { texts: ['a', 'b'], labels: [0, 1] })).toThrow(
      'expected texts to train on and to hold out, got 2 in all',
    );
  });
});
