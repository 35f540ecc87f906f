import { describe, expect, it } from 'vitest';
import { checkSameData, resumeOptions } from '../../src/training/resumeRun.ts';

const config = {
  task: 'fashion-mnist',
  recipe: 'notes',
  epochs: 10,
  batchSize: 100,
  learningRate: 0.01,
  seed: 3,
  backend: 'simd',
  threads: 2,
  limit: 600,
  dataChecksums: { images: 'a', labels: 'b' },
};

describe('the arguments of a resumed run', () => {
  it('are its own', () => {
    expect(resumeOptions(config, {}, 'run')).toMatchObject({
      recipe: 'notes',
      epochs: 10,
      batchSize: 100,
      lr: 0.01,
      seed: 3,
      limit: 600,
      backend: 'simd',
      threads: 2,
    });
  });

  it('may be typed again, if they are the same', () => {
    const same = { recipe: 'notes', epochs: 10, batchSize: 100, lr: 0.01, seed: 3, limit: 600 };
    expect(resumeOptions(config, same, 'run')).toMatchObject(same);
  });

  it.each([
    ['more epochs', { epochs: 12 }],
    ['another backend', { backend: 'webgpu' }],
    ['another number of threads', { threads: 1 }],
    ['another place of the data', { dataDir: '/data' }],
    ['no progress', { quiet: true }],
  ])('may differ in %s', (_, given) => {
    expect(resumeOptions(config, given, 'run')).toMatchObject(given);
  });

  it('do not carry the threads of one backend over to another', () => {
    expect(resumeOptions(config, { backend: 'cpu' }, 'run').threads).toBeUndefined();
  });

  it.each([
    ['another recipe', { recipe: 'best' }, '--recipe best would make run another run: it was begun with notes'],
    ['another learning rate', { lr: 0.1 }, '--lr 0.1 would make run another run: it was begun with 0.01'],
    ['another batch size', { batchSize: 50 }, '--batch-size 50 would make run another run: it was begun with 100'],
    ['another seed', { seed: 0 }, '--seed 0 would make run another run: it was begun with 3'],
    ['another patience', { patience: 2 }, '--patience 2 would make run another run: it was begun with none'],
    ['more examples', { limit: 700 }, '--limit 700 would make run another run: it was begun with 600'],
    ['fewer epochs', { epochs: 9 }, '--epochs 9 is less than the 10 that run was begun with'],
    ['another folder', { out: 'x' }, '--resume goes on in the run folder itself: leave --out away'],
  ])('may not differ in %s', (_, given, message) => {
    expect(() => resumeOptions(config, given, 'run')).toThrow(message);
  });

  it('may not meet other data', () => {
    expect(() => checkSameData(config, { images: 'a', labels: 'b' }, 'run')).not.toThrow();
    expect(() => checkSameData(config, { images: 'a', labels: 'c' }, 'run')).toThrow(
      'run was begun with other data (labels differ): give it by --data-dir',
    );
    expect(() => checkSameData(config, { images: 'a' }, 'run')).toThrow('labels differ');
  });
});
