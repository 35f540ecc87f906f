import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { loadSafetensors } from '@flambeau/core/node';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli, scratchFolder } from './runCli.ts';

const scratch = scratchFolder();
const small = ['--limit', '400', '--epochs', '2', '--backend', 'simd', '--offline'];
const control = /[^\P{Cc}\n]/u;

describe('train --json', () => {
  let result: CliResult;
  let events: Record<string, unknown>[];
  const run = () => scratch.path('json');

  beforeAll(async () => {
    result = await runCli(['train', 'fashion-mnist', ...small, '--seed', '3', '--out', run(), '--json']);
    events = result.events();
  });

  it('prints the events of the contract and nothing else', () => {
    expect(result.code).toBe(0);
    expect(events.map(({ event }) => event)).toEqual(['start', 'epoch', 'epoch', 'done']);
    expect(events[0]).toMatchObject({
      backend: 'simd',
      device: expect.stringContaining('CPU'),
      model: 'NotesCnn',
      parameters: 32_998,
      trainExamples: 400,
      testExamples: expect.any(Number),
      dataSource: expect.any(String),
      recipe: 'notes',
      epochs: 2,
      batchSize: 100,
      learningRate: 0.01,
      seed: 3,
    });
    for (const [index, epoch] of events.slice(1, 3).entries()) {
      expect(epoch).toMatchObject({ epoch: index, step: 4 * (index + 1), totalCorrect: expect.any(Number), lr: 0.01 });
      const { trainAccuracy, totalCorrect, seconds, examplesPerSecond } = epoch as Record<string, number>;
      expect(trainAccuracy).toBeCloseTo(totalCorrect! / 400, 10);
      expect(examplesPerSecond).toBeCloseTo(400 / seconds!, 6);
    }
  });

  it("reports the last epoch's accuracy on the test set", () => {
    const done = events.at(-1)!;
    expect(done.testAccuracy).toBeCloseTo(events[2]!.testAccuracy as number, 10);
    expect(done.runDir).toBe(run());
    expect(existsSync(done.checkpoint as string)).toBe(true);
  });

  it('learns', () => {
    expect(events[2]!.trainLoss).toBeLessThan(events[1]!.trainLoss as number);
  });

  it('writes no control characters into a pipe', () => {
    expect(result.stdout).not.toMatch(control);
    expect(result.stderr).not.toMatch(control);
  });

  it('keeps config, rows and events in the run folder', async () => {
    const config = JSON.parse(await readFile(scratch.path('json', 'config.json'), 'utf8'));
    expect(config).toMatchObject({
      recipe: 'notes',
      seed: 3,
      epochs: 2,
      limit: 400,
      versions: { node: process.versions.node },
    });
    expect(Object.keys(config.dataChecksums)).toHaveLength(4);
    const [head, ...rows] = (await readFile(scratch.path('json', 'results.csv'), 'utf8')).trim().split('\n');
    expect(head).toBe('epoch,step,seconds,train/loss,train/accuracy,val/loss,val/accuracy,lr');
    expect(rows).toHaveLength(2);
    const cells = rows[1]!.split(',').map(Number);
    const { epoch, step, seconds, trainLoss, trainAccuracy, testLoss, testAccuracy, lr } = events[2] as Record<
      string,
      number
    >;
    expect(cells).toEqual([epoch, step, seconds, trainLoss, trainAccuracy, testLoss, testAccuracy, lr]);
    const kept = (await readFile(scratch.path('json', 'events.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(kept.map(({ time, ...event }) => event)).toEqual(events);
  });

  it("keeps weights under PyTorch's keys, the best ones too", async () => {
    for (const name of ['last', 'best']) {
      const { tensors, metadata } = await loadSafetensors(scratch.path('json', 'weights', `${name}.safetensors`));
      expect(tensors.get('conv2.weight')?.shape).toEqual([12, 6, 5, 5]);
      expect(metadata.get('model')).toBe('NotesCnn');
    }
  });

  it('draws curves and confusion matrix as SVG and PNG', async () => {
    for (const name of ['curves', 'confusion-matrix']) {
      const svg = await readFile(scratch.path('json', `${name}.svg`), 'utf8');
      const [, width, height] = svg.match(/width="([\d.]+)" height="([\d.]+)" role="img"/)!.map(Number);
      const png = decode(await readFile(scratch.path('json', `${name}.png`)));
      expect(Math.abs(png.width - 2 * width!)).toBeLessThanOrEqual(1);
      expect(Math.abs(png.height - 2 * height!)).toBeLessThanOrEqual(1);
    }
    expect(await readFile(scratch.path('json', 'curves.svg'), 'utf8')).toContain(
      `test, epoch 1: ${(100 * (events[2]!.testAccuracy as number)).toFixed(2)}%`,
    );
  });

  it('gives the same run again from the same seed', async () => {
    const again = await runCli([
      'train',
      'fashion-mnist',
      ...small,
      '--epochs',
      '1',
      '--seed',
      '3',
      '--out',
      scratch.path('again'),
      '--json',
    ]);
    expect(again.events()[1]!.trainLoss).toBe(events[1]!.trainLoss);
  });

  it('refuses the folder of another run and leaves it alone', async () => {
    const before = await readFile(scratch.path('json', 'results.csv'), 'utf8');
    const refused = await runCli(['train', 'fashion-mnist', ...small, '--out', run()]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('holds a run already: expected a new or empty folder');
    expect(await readFile(scratch.path('json', 'results.csv'), 'utf8')).toBe(before);
  });

  it('is evaluated to the same figures by `evaluate`', async () => {
    const evaluated = await runCli([
      'evaluate',
      scratch.path('json', 'weights', 'last.safetensors'),
      '--backend',
      'simd',
      '--offline',
      '--json',
    ]);
    const [evaluation] = evaluated.events();
    expect(evaluation!.testAccuracy).toBe(events.at(-1)!.testAccuracy);
    const confusion = evaluation!.confusion as number[][];
    expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(evaluation!.testExamples);
    expect(
      confusion.reduce((sum, row, index) => sum + row[index]!, 0) / (evaluation!.testExamples as number),
    ).toBeCloseTo(evaluation!.testAccuracy as number, 10);
  });

  it('has its feature maps drawn by `feature-maps`, each pixel a flat square', async () => {
    const drawn = await runCli([
      'feature-maps',
      scratch.path('json', 'weights', 'last.safetensors'),
      '--index',
      '5',
      '--out',
      scratch.path('maps'),
      '--backend',
      'simd',
      '--offline',
      '--json',
    ]);
    expect(drawn.code).toBe(0);
    for (const [name, tiles, side] of [
      ['conv1-maps', 6, 24],
      ['conv2-maps', 12, 8],
      ['conv1-filters', 6, 5],
      ['conv2-filters', 72, 5],
    ] as const) {
      const svg = await readFile(scratch.path('maps', `${name}.svg`), 'utf8');
      const images = [...svg.matchAll(/<image x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)" image-rendering/g)];
      expect(images).toHaveLength(tiles);
      const { data, width, channels } = decode(await readFile(scratch.path('maps', `${name}.png`)));
      for (const [, x, y, size] of images.map((match) => match.map(Number))) {
        const square = (2 * size!) / side;
        expect(Number.isInteger(square)).toBe(true);
        let smeared = 0;
        for (let row = 0; row < 2 * size!; row++) {
          for (let column = 0; column < 2 * size!; column++) {
            const at = (r: number, c: number) => data[((2 * y! + r) * width + 2 * x! + c) * channels];
            if (at(row, column) !== at(row - (row % square), column - (column % square))) smeared++;
          }
        }
        expect(smeared).toBe(0);
      }
    }
  });
});

describe('demo in a pipe', () => {
  it("prints the notes' line for each epoch and ends with where to look", async () => {
    const { code, stdout, stderr } = await runCli([
      'demo',
      '--',
      ...small,
      '--epochs',
      '1',
      '--out',
      scratch.path('demo'),
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^epoch 0 total_correct: \d+ loss: [\d.]+ test accuracy: 0\.\d{4} time: [\d.]+ s$/m);
    expect(stdout).toMatch(/^test accuracy [\d.]+% \([\d,]+ of [\d,]+\), loss/m);
    expect(stdout).toMatch(/^Ankle boot +[\d.]+%/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('Done');
    expect(stdout + stderr).not.toMatch(control);
    for (const name of ['input', 'conv1-maps', 'conv2-maps', 'conv1-filters', 'conv2-filters']) {
      expect(existsSync(scratch.path('demo', 'feature-maps', `${name}.png`))).toBe(true);
    }
  });
});

describe('default run folders', () => {
  it('count up in runs/fashion-mnist', async () => {
    const cwd = scratch.path('.');
    const train = () =>
      runCli(
        ['train', 'fashion-mnist', '--limit', '100', '--epochs', '1', '--backend', 'simd', '--offline', '--json'],
        { cwd },
      );
    expect((await train()).events().at(-1)!.runDir).toBe('runs/fashion-mnist/1');
    expect((await train()).events().at(-1)!.runDir).toBe('runs/fashion-mnist/2');
  });
});
