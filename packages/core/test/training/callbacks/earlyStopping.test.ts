import { beforeAll, describe, expect, it } from 'vitest';
import { callbacks, createBackend, type EpochResult, setDefaultBackend } from '../../../src/index.ts';
import { setUp, throughFile } from './runs.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

/** An epoch whose figures are these, in place of what was measured. */
const scripted =
  (figures: readonly number[]) =>
  ({ epoch }: EpochResult) =>
    figures[epoch] ?? Number.NaN;

describe('EarlyStopping', () => {
  it.each<[string, readonly number[], callbacks.EarlyStoppingOptions, epochs: number, bestEpoch: number]>([
    ['when nothing better has come for patience epochs', [5, 4, 4, 4.5, 4, 1], { patience: 3 }, 5, 1],
    ['counting from the last better one', [5, 6, 4, 6, 6, 1], { patience: 2 }, 5, 2],
    ['not counting what is better by no more than minDelta', [5, 4.9, 4.8, 4.7], { patience: 2, minDelta: 0.5 }, 3, 0],
    ['counting from the best, not from the last', [5, 4.6, 4.4, 4.2], { patience: 2, minDelta: 0.5 }, 5, 2],
    ['where more is better', [1, 2, 2, 1, 9], { patience: 2, mode: 'max' }, 4, 1],
    ['where a figure is NaN: that is never better', [Number.NaN, 3, Number.NaN, Number.NaN, 1], { patience: 2 }, 4, 1],
    ['not at all while it goes on well', [6, 5, 4, 3, 2, 1], { patience: 1 }, 6, 5],
  ])('stops %s', async (_, figures, options, epochs, bestEpoch) => {
    const stopping = new callbacks.EarlyStopping({ monitor: scripted(figures), mode: 'min', ...options });
    const history = await setUp([stopping]).fit(6);
    expect([history.length, stopping.bestEpoch, stopping.best]).toEqual([epochs, bestEpoch, figures[bestEpoch]]);
  });

  it('watches the validation loss unless told otherwise', async () => {
    const stopping = new callbacks.EarlyStopping();
    const history = await setUp([stopping]).fit(2);
    expect(stopping.best).toBe(Math.min(...history.map(({ validation }) => validation!.loss)));
  });

  it.each([
    ['val/accuracy', 'validation', 'accuracy'],
    ['train/accuracy', 'trainAccuracy', undefined],
    ['train/loss', 'trainLoss', undefined],
  ] as const)('knows of %s which way is better', async (monitor, field, inner) => {
    const stopping = new callbacks.EarlyStopping({ monitor });
    const values = (await setUp([stopping]).fit(3)).map((result) => {
      const value = result[field]!;
      return typeof value === 'number' ? value : value[inner!];
    });
    expect(stopping.best).toBe(monitor.endsWith('loss') ? Math.min(...values) : Math.max(...values));
  });

  it('goes on counting when the run is resumed, and stops where the whole run stops', async () => {
    const figures = [5, 4, 6, 6, 6, 6];
    const make = () => new callbacks.EarlyStopping({ monitor: scripted(figures), mode: 'min', patience: 3 });
    const whole = await setUp([make()]).fit(9);
    expect(whole).toHaveLength(5);
    for (const cut of [1, 2, 3, 4]) {
      const first = setUp([make()]);
      await first.fit(cut);
      const rest = setUp([make()]);
      rest.trainer.loadStateDict(throughFile(await first.trainer.stateDict()));
      expect(await rest.fit(9)).toHaveLength(5 - cut);
    }
  });

  it('leaves a run that it has stopped alone when that is resumed', async () => {
    const make = () => new callbacks.EarlyStopping({ monitor: scripted([1, 2]), mode: 'min', patience: 1 });
    const first = setUp([make()]);
    expect(await first.fit(9)).toHaveLength(2);
    const rest = setUp([make()]);
    rest.trainer.loadStateDict(throughFile(await first.trainer.stateDict()));
    expect(await rest.fit(9)).toEqual([]);
  });

  it.each<[string, callbacks.EarlyStoppingOptions, string]>([
    ['an unknown figure', { monitor: 'loss' as never }, "monitor is 'loss', expected one of train/loss"],
    ['a function that does not say which way is better', { monitor: () => 0 }, "needs mode 'min' or 'max'"],
    ['no patience', { patience: 0 }, 'patience is 0, expected a whole number of at least 1'],
    ['a negative difference', { minDelta: -1 }, 'minDelta is -1, expected at least 0'],
  ])('refuses %s', (_, options, message) => {
    expect(() => new callbacks.EarlyStopping(options)).toThrow(message);
  });

  it('says so where there is nothing to watch', async () => {
    const { trainer, loader } = setUp([new callbacks.EarlyStopping()]);
    await expect(trainer.fit(loader as never, { epochs: 1 })).rejects.toThrow(
      'EarlyStopping watches val/loss, but fit was given no validation loader',
    );
  });
});
