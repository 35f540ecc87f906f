import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { loadSafetensors } from '@flambeau/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli, scratchFolder } from './runCli.ts';

const scratch = scratchFolder();

/** An IDX file of unsigned bytes: its header, then the values. */
function idx(shape: readonly number[], value: (index: number) => number): Buffer {
  const size = shape.reduce((product, side) => product * side, 1);
  const file = Buffer.alloc(4 + 4 * shape.length + size);
  file.set([0, 0, 8, shape.length]);
  for (const [i, side] of shape.entries()) file.writeUInt32BE(side, 4 + 4 * i);
  const values = file.subarray(4 + 4 * shape.length);
  for (let i = 0; i < size; i++) values[i] = value(i);
  return file;
}

/** Files as large as KMNIST's, whose unpacked contents are known by their size alone: class c is a bar in rows 2c + 3 and on. */
async function writeBars(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const label = (image: number) => (image * 7) % 10;
  for (const [split, count] of [
    ['train', 60_000],
    ['t10k', 10_000],
  ] as const) {
    const pixel = (index: number) => {
      const [image, row] = [Math.floor(index / 784), Math.floor((index % 784) / 28)];
      return (row - 3 - 2 * label(image)) >> 1 === 0 ? 200 : 0;
    };
    await writeFile(`${folder}/${split}-images-idx3-ubyte`, idx([count, 28, 28], pixel));
    await writeFile(`${folder}/${split}-labels-idx1-ubyte`, idx([count], label));
  }
}

describe('KMNIST', () => {
  const data = () => ['--data-dir', scratch.path('data'), '--backend', 'simd', '--json'];
  let trained: CliResult;
  beforeAll(async () => {
    await writeBars(scratch.path('data', 'kmnist'));
    const settings = ['--recipe', 'notes-dropout', '--limit', '2000', '--epochs', '2', '--out', scratch.path('run')];
    trained = await runCli(['train', 'kmnist', ...settings, ...data()]);
  });

  it('is trained on as FashionMNIST is, with its own classes', async () => {
    expect(trained.stderr).toContain('KMNIST from');
    expect(trained.code).toBe(0);
    const events = trained.events();
    expect(events[0]).toMatchObject({
      task: 'kmnist',
      model: 'NotesDropoutCnn',
      trainExamples: 2000,
      testExamples: 10_000,
    });
    expect(events.at(-1)!.testAccuracy).toBeGreaterThan(0.5);
    expect(await readFile(scratch.path('run', 'confusion-matrix.svg'), 'utf8')).toContain('>tsu<');
    const { metadata } = await loadSafetensors(scratch.path('run', 'weights', 'last.safetensors'));
    expect([metadata.get('task'), metadata.get('model')]).toEqual(['kmnist', 'NotesDropoutCnn']);
  });

  it('is what its checkpoint is evaluated and drawn on', async () => {
    const checkpoint = scratch.path('run', 'weights', 'last.safetensors');
    const evaluated = await runCli(['evaluate', checkpoint, ...data()]);
    expect(evaluated.events()[0]).toMatchObject({ testAccuracy: trained.events().at(-1)!.testAccuracy });
    const drawn = await runCli(['feature-maps', checkpoint, '--index', '3', '--out', scratch.path('maps'), ...data()]);
    expect(drawn.events()[0]).toMatchObject({ label: 'ki', index: 3 });
    expect(await readFile(scratch.path('maps', 'input.svg'), 'utf8')).toContain('KMNIST test image 3');
  });

  it('has its most confidently wrong images drawn where there are any', async () => {
    const { plots, testAccuracy } = trained.events().at(-1)! as { plots: string[]; testAccuracy: number };
    const picture = scratch.path('run', 'most-confidently-wrong.png');
    expect(existsSync(picture)).toBe(testAccuracy < 1);
    expect(plots.includes(picture)).toBe(testAccuracy < 1);
  });

  it("is refused to a run of FashionMNIST's", async () => {
    const { code, stderr } = await runCli(['train', 'fashion-mnist', '--resume', scratch.path('run')]);
    expect(code).toBe(1);
    expect(stderr).toContain('is a run of kmnist, expected fashion-mnist');
  });
});

describe('a data set that is not on this machine', () => {
  it('is said to be missing in one sentence, with the files to get', async () => {
    const empty = scratch.path('empty');
    await mkdir(empty, { recursive: true });
    for (const args of [['--offline'], ['--data-dir', empty]]) {
      const { code, stdout, stderr } = await runCli(['train', 'mnist', ...args], { cwd: empty });
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/MNIST.*train-images-idx3-ubyte/s);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  });
});
