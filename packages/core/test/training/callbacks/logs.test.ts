import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callbacks, createBackend, type EpochResult, setDefaultBackend } from '../../../src/index.ts';
import { fileLog } from '../../../src/node.ts';
import { setUp, throughFile } from './runs.ts';

let folder: string;
let path: string;
beforeAll(async () => setDefaultBackend(await createBackend('simd')));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flambeau-logs-'));
  path = join(folder, 'log');
});
afterEach(() => rm(folder, { recursive: true }));

const lines = async () => (await readFile(path, 'utf8')).split('\n');
const HEAD = 'epoch,step,seconds,train/loss,train/accuracy,val/loss,val/accuracy,lr';

/** A row or event without its time. */
const untimed = (line: string) =>
  line.replace(/^(\d+,\d+),[^,]+/, '$1').replace(/"(seconds|examplesPerSecond)":[^,}]+/g, '');

describe('CsvLog', () => {
  const csv = (options?: callbacks.LogOptions) => new callbacks.CsvLog(fileLog(path), options);

  it('writes one row an epoch', async () => {
    const history = await setUp([csv()]).fit(2);
    const row = ({ epoch, step, seconds, trainLoss, trainAccuracy, validation, lr }: EpochResult) =>
      [epoch, step, seconds, trainLoss, trainAccuracy, validation!.loss, validation!.accuracy, lr].join(',');
    expect(await lines()).toEqual([HEAD, ...history.map(row), '']);
  });

  it('leaves cells empty for what was not measured', async () => {
    const { trainer, loader } = setUp([csv()]);
    await trainer.fit(loader as never, { epochs: 1 });
    expect((await lines())[1]).toMatch(/^0,3,[\d.]+,[\d.]+,[\d.]+,,,0\.05$/);
  });

  it('of a resumed run holds each epoch once, whatever was written after the state that it goes on from', async () => {
    await setUp([csv()]).fit(4);
    const whole = (await lines()).map(untimed);
    for (const tail of ['', '3,12,0.1,0.5,0.5,0.5,0.5,0.05\n', '3,12,0.1,0.', 'junk\n3,,,\n']) {
      const first = setUp([csv({ overwrite: true })]);
      await first.fit(2);
      const state = throughFile(await first.trainer.stateDict());
      await first.fit(3);
      await writeFile(path, (await readFile(path, 'utf8')) + tail);
      const rest = setUp([csv()]);
      rest.trainer.loadStateDict(state);
      await rest.fit(4);
      expect((await lines()).map(untimed)).toEqual(whole);
    }
  });

  it('refuses to write over the rows of another run, unless told to', async () => {
    await setUp([csv()]).fit(1);
    const before = await readFile(path, 'utf8');
    await expect(setUp([csv()]).fit(1)).rejects.toThrow(`${path} holds another run's epochs: give a new file`);
    expect(await readFile(path, 'utf8')).toBe(before);
    await setUp([csv({ overwrite: true })]).fit(1);
    expect(await lines()).toHaveLength(3);
  });

  it('says which file can not be written', async () => {
    path = join(folder, 'none', 'log');
    await expect(setUp([csv()]).fit(1)).rejects.toThrow(`${path} could not be written`);
  });
});

describe('JsonlLog', () => {
  const jsonl = (options?: callbacks.JsonlLogOptions) => new callbacks.JsonlLog(fileLog(path), options);

  it("writes an epoch's figures and events of one's own", async () => {
    const log = jsonl();
    const { fit } = setUp([log]);
    await log.write({ event: 'start', model: 'Net' });
    const history = await fit(2);
    const events = (await lines()).filter((line) => line !== '').map((line) => JSON.parse(line) as object);
    expect(events).toEqual([
      { event: 'start', model: 'Net' },
      ...history.map((result) => ({ event: 'epoch', ...result })),
    ]);
  });

  it("writes an event of one's own form", async () => {
    await setUp([jsonl({ event: ({ epoch }) => ({ epoch, note: 'done' }) })]).fit(1);
    expect(await lines()).toEqual(['{"epoch":0,"note":"done"}', '']);
  });

  it('of a resumed run holds each epoch once, and keeps the events before', async () => {
    const log = jsonl();
    const first = setUp([log]);
    await log.write({ event: 'start' });
    await first.fit(1);
    const state = throughFile(await first.trainer.stateDict());
    await first.fit(2);
    await writeFile(path, `${await readFile(path, 'utf8')}{"event":"epoch","epo`);
    const rest = setUp([jsonl()]);
    rest.trainer.loadStateDict(state);
    await rest.fit(2);
    const events = (await lines()).filter((line) => line !== '').map((line) => JSON.parse(line) as { epoch?: number });
    expect(events.map(({ epoch }) => epoch)).toEqual([undefined, 0, 1]);
  });
});
