import { beforeAll, describe, expect, it } from 'vitest';
import { callbacks, createBackend, setDefaultBackend } from '../../../src/index.ts';
import { setUp, throughFile } from './runs.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

describe('Progress', () => {
  it('shows how far an epoch has come, and tells of its end', async () => {
    const reports: callbacks.ProgressReport[] = [];
    const epochs: number[] = [];
    const progress = new callbacks.Progress({
      show: (report) => void reports.push(report),
      epoch: ({ epoch }) => void epochs.push(epoch),
      everyMs: 0,
    });
    await setUp([progress]).fit(2);
    expect(reports.map(({ epoch, batch, batches, fraction }) => [epoch, batch, batches, fraction])).toEqual(
      [0, 1].flatMap((epoch) => [1, 2, 3].map((batch) => [epoch, batch, 3, batch / 3])),
    );
    for (const { examplesPerSecond, elapsedSeconds, secondsLeft, batch, examples } of reports) {
      expect(examplesPerSecond).toBeCloseTo(examples / elapsedSeconds, 3);
      expect(secondsLeft).toBeCloseTo(((3 - batch) * 10) / examplesPerSecond, 6);
    }
    expect(epochs).toEqual([0, 1]);
  });

  it('is not shown more often than asked, but at the end of each epoch', async () => {
    const batches: number[] = [];
    await setUp([new callbacks.Progress({ show: ({ batch }) => void batches.push(batch), everyMs: 1e6 })]).fit(2);
    expect(batches).toEqual([3, 3]);
  });

  it('reckons the rate of a resumed epoch by what this process has done', async () => {
    let saved: Awaited<ReturnType<ReturnType<typeof setUp>['trainer']['stateDict']>> | undefined;
    const first = setUp([
      new callbacks.Progress(),
      { onStep: async ({ step }, control) => void (step === 2 && (saved = await control.stateDict())) },
    ]);
    await first.fit(1);
    const reports: callbacks.ProgressReport[] = [];
    const rest = setUp([new callbacks.Progress({ show: (report) => void reports.push(report), everyMs: 0 }), {}]);
    rest.trainer.loadStateDict(throughFile(saved!));
    await rest.fit(1);
    expect(reports).toHaveLength(1);
    expect(reports[0]!.examplesPerSecond).toBeCloseTo(10 / reports[0]!.elapsedSeconds, 3);
  });

  it('lets what waits for the event loop have its turn', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await setUp([new callbacks.Progress({ everyMs: 0 })]).fit(3);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});
