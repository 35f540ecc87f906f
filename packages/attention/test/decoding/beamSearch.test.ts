import { Generator, hostArray, type Tensor } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { beamSearch, type Decoding, greedyDecode, type Seq2Seq } from '../../src/index.ts';
import { simd } from '../onSimd.ts';
import { configs, opinionated } from './models.ts';

beforeAll(async () => {
  await simd();
});

const EOS = 1;

/** The logarithm of each word's probability after every beginning, by teacher forcing: no decoder of ours is asked. */
async function logProbabilities(model: Seq2Seq, source: readonly number[], target: readonly number[]) {
  const int = (ids: readonly number[]): Tensor =>
    model.backend.tensor(hostArray('int32', [1, ids.length], Int32Array.from(ids)));
  const { logits } = model.forward({ source: int([...source, EOS]), sourceLengths: null, input: int([0, ...target]) });
  return (await tf.logSoftmax(tf.squeeze(logits, [0])).array()) as number[][];
}

/** All targets of at most `maxLength` words, their end included, that come to their end. */
async function allTargets(model: Seq2Seq, source: readonly number[], words: number, maxLength: number) {
  const found: { ids: number[]; logProbability: number }[] = [];
  const visit = async (ids: number[], before: number): Promise<void> => {
    const last = (await logProbabilities(model, source, ids)).at(-1)!;
    found.push({ ids, logProbability: before + last[EOS]! });
    if (ids.length + 1 === maxLength) return;
    for (let word = 0; word < words; word++) if (word !== EOS) await visit([...ids, word], before + last[word]!);
  };
  await visit([], 0);
  return found;
}

describe.each(Object.entries(configs))('beam search: %s', (_, config) => {
  it.each([0, 0.6, 1])('finds what an exhaustive search finds, α = %d', async (lengthPenalty) => {
    const model = (await opinionated(config, { source: 6, target: 4 }, 3)).eval();
    const maxLength = 3;
    const sources = [[2, 3], [5], [4, 4, 2]];
    const found = await beamSearch(model, sources, { beamSize: 40, nBest: 4, lengthPenalty, maxLength });
    for (const [i, source] of sources.entries()) {
      const all = await allTargets(model, source, 4, maxLength);
      const scored = all.map(({ ids, logProbability }) => ({
        ids,
        logProbability,
        score: logProbability / (ids.length + 1) ** lengthPenalty,
      }));
      scored.sort((a, b) => b.score - a.score);
      for (const [rank, expected] of scored.slice(0, 4).entries()) {
        const given = found[i]![rank]!;
        expect(given.ids, `rank ${rank} of ${source}`).toEqual(expected.ids);
        expect(given.score).toBeCloseTo(expected.score, 5);
        expect(given.logProbability).toBeCloseTo(expected.logProbability, 5);
        expect(given.finished).toBe(true);
      }
    }
  });

  it('with one beam and no length penalty is greedy', async () => {
    const model = await opinionated(config);
    const sources = [[2, 3, 4, 5], [7], [9, 9, 3, 2, 11, 6, 4]];
    const greedy = await greedyDecode(model, sources, { maxLength: 12 });
    const beams = await beamSearch(model, sources, { beamSize: 1, lengthPenalty: 0, maxLength: 12 });
    for (const [i, [beam]] of beams.entries()) {
      expect(beam!.ids).toEqual(greedy[i]!.ids);
      expect(beam!.logProbability).toBeCloseTo(greedy[i]!.logProbability, 4);
      expect(beam!.finished).toBe(greedy[i]!.finished);
    }
  });

  it('gives a source the same targets alone and in any batch', async () => {
    const model = await opinionated(config);
    const sources = [[2, 3, 4, 5, 6, 7, 8], [9], [4, 4], [], [5, 6, 7, 2, 3]];
    const options = { beamSize: 3, nBest: 2, maxLength: 9 };
    const together = await beamSearch(model, sources, options);
    const pairwise = await beamSearch(model, sources, { ...options, batchSize: 2 });
    for (const [i, source] of sources.entries()) {
      const [alone] = await beamSearch(model, [source], options);
      for (const others of [together[i]!, pairwise[i]!]) {
        for (const [rank, decoding] of others.entries()) {
          expect(decoding.ids).toEqual(alone![rank]!.ids);
          expect(decoding.score).toBeCloseTo(alone![rank]!.score, 5);
          expect(decoding.attention?.shape).toEqual(alone![rank]!.attention?.shape);
          for (const [at, weight] of (decoding.attention?.data ?? []).entries()) {
            expect(weight).toBeCloseTo(alone![rank]!.attention!.data[at]!, 5);
          }
        }
      }
    }
  });
});

describe('beam search', () => {
  it('keeps apart sources of which some have ended', async () => {
    const model = await opinionated(configs.tutorial!);
    const random = new Generator().manualSeed(4);
    const sources = Array.from({ length: 40 }, () => [...random.randint(2, 12, random.randint(1, 9, 1)[0]!)]);
    const options = { beamSize: 3, maxLength: 12 };
    const together = await beamSearch(model, sources, options);
    for (const [i, source] of sources.entries()) {
      const [[alone]] = (await beamSearch(model, [source], options)) as [[Decoding]];
      expect(together[i]![0]!.ids).toEqual(alone.ids);
      expect(together[i]![0]!.score).toBeCloseTo(alone.score, 5);
    }
  });

  it('gives for each target where the model looked: a row for each word and the end', async () => {
    const model = await opinionated(configs.tutorial!);
    const [decodings] = await beamSearch(model, [[2, 3, 4]], { beamSize: 4, nBest: 4, maxLength: 6 });
    for (const { ids, finished, attention } of decodings!) {
      expect(attention!.shape).toEqual([ids.length + (finished ? 1 : 0), 4]);
      for (let row = 0; row < attention!.shape[0]!; row++) {
        const sum = attention!.data.subarray(row * 4, (row + 1) * 4).reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(1, 5);
      }
    }
  });

  it('leaves no tensor behind, also when it is stopped', async () => {
    const model = await opinionated(configs.tutorial!);
    const before = tf.memory().numTensors;
    await beamSearch(model, [[2, 3], [4]], { beamSize: 3, maxLength: 7 });
    expect(tf.memory().numTensors).toBe(before);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(beamSearch(model, [[2]], { signal })).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
    expect(model.training).toBe(true);
  });

  it.each([
    [{ beamSize: 0 }, 'expected beamSize whole and above 0, got 0'],
    [{ beamSize: 2, nBest: 3 }, 'expected nBest from 1 to the beam size, 2, got 3'],
    [{ lengthPenalty: -1 }, 'expected lengthPenalty of at least 0, got -1'],
    [{ maxLength: 0 }, 'expected maxLength whole and above 0, got 0'],
    [{ batchSize: 0.5 }, 'expected batchSize whole and above 0, got 0.5'],
  ])('refuses %j', async (options, message) => {
    const model = await opinionated(configs.tutorial!);
    await expect(beamSearch(model, [[2]], options)).rejects.toThrow(message);
  });
});
