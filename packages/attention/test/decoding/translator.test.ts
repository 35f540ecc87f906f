import { beforeAll, describe, expect, it } from 'vitest';
import { Translator, Vocabulary, VocabularyError } from '../../src/index.ts';
import { simd } from '../onSimd.ts';
import { configs, opinionated } from './models.ts';

beforeAll(async () => {
  await simd();
});

const source = Vocabulary.of([['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']]);
const target = Vocabulary.of([['A', 'B', 'C', 'D', 'E', 'F']]);

describe('a translator', () => {
  it('says what it read, what it wrote and where it looked', async () => {
    const model = await opinionated(configs.tutorial!);
    const translator = new Translator({ model, source, target, decoding: { maxLength: 6 } });
    const [translation] = await translator.translate([['a', 'xyzzy', 'b']]);
    expect(translation!.source).toEqual(['a', '<unk>', 'b', '<eos>']);
    expect(translation!.unknownWords).toEqual(['xyzzy']);
    expect(translation!.attention!.shape).toEqual([translation!.target.length, 4]);
    expect(translation!.target.slice(0, translation!.words.length)).toEqual(translation!.words);
    expect(translation!.target.at(-1) === '<eos>').toBe(translation!.finished);
  });

  it('takes beams where it is told to', async () => {
    const model = await opinionated(configs.paper!);
    const translator = new Translator({ model, source, target, decoding: { maxLength: 6, lengthPenalty: 0 } });
    const sentences = [['a', 'b'], ['c'], ['h', 'g', 'i', 'a']];
    const greedy = await translator.translate(sentences);
    const beams = await translator.translate(sentences, { beamSize: 6 });
    // A beam may lose what greedy decoding finds, though it seldom does; for these it does not.
    for (const [i, { logProbability, finished }] of beams.entries()) {
      if (greedy[i]!.finished && finished)
        expect(logProbability).toBeGreaterThanOrEqual(greedy[i]!.logProbability - 1e-5);
    }
  });

  it('translates nothing to nothing, among other sentences too', async () => {
    const model = await opinionated(configs.tutorial!);
    const translator = new Translator({
      model,
      source: Vocabulary.of([[...'abcdefghij']], { unknown: false }),
      target,
    });
    const [empty, some, unknown] = await translator.translate([[], ['a'], ['xyzzy']]);
    expect(empty).toMatchObject({ words: [], target: [], source: ['<eos>'], attention: null, finished: true });
    expect(unknown).toMatchObject({ words: [], unknownWords: ['xyzzy'], source: ['<eos>'] });
    expect(some!.source).toEqual(['a', '<eos>']);
    expect(await translator.translate([])).toEqual([]);
  });

  it("refuses another run's vocabulary", async () => {
    const model = await opinionated(configs.tutorial!);
    const make = () => new Translator({ model, source: target, target });
    expect(make).toThrow(VocabularyError);
    expect(make).toThrow('the source vocabulary has 9 words, the model 12: they belong to different runs');
  });
});
