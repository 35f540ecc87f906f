import { existsSync, readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { hostArray } from '@flambeau/core';
import { loadSafetensors } from '@flambeau/core/node';
import { describe, expect, it } from 'vitest';
import { loadCheckpoint } from '../src/training/checkpoint.ts';
import { zip } from './fuzz/zip.ts';
import { runCli, scratchFolder } from './runCli.ts';

const scratch = scratchFolder();
const recording = (name: string) => fileURLToPath(new URL(`./golden/recordings/${name}`, import.meta.url));
const recorded = (name: string): unknown => JSON.parse(readFileSync(recording(name), 'utf8'));
const quick = ['--backend', 'simd', '--offline', '--json'];

describe('a state dict that PyTorch saved as .pt', () => {
  it('gives the logits of PyTorch to 1e-5, its 16-bit floats converted', async () => {
    const { model, entry } = await loadCheckpoint(recording('notes_cnn.pt'), { backend: 'simd' });
    expect(entry.name).toBe('NotesCnn');
    const images = Float32Array.from({ length: 4 * 784 }, (_, i) => ((i * 7919) % 256) / 255);
    const input = model.backend.tensor(hostArray('float32', [4, 1, 28, 28], images));
    const logits = await model.eval().forward(input).data();
    const expected = (recorded('notes_cnn.json') as { logits: number[][] }).logits.flat();
    const largest = Math.max(...expected.map(Math.abs));
    expect(logits).toHaveLength(40);
    for (const [i, logit] of logits.entries()) expect(Math.abs(logit - expected[i]!) / largest).toBeLessThan(1e-5);
  });

  it('is evaluated, and its feature maps are drawn, whatever it is called', async () => {
    const path = scratch.path('weights.bin');
    await copyFile(recording('notes_cnn.pt'), path);
    const evaluated = await runCli(['evaluate', path, ...quick]);
    expect(evaluated.code).toBe(0);
    const [evaluation] = evaluated.events();
    expect(evaluation).toMatchObject({ model: 'NotesCnn', checkpoint: path });
    // Weights by chance: about one in ten, at the loss of a guess.
    expect(evaluation!.testLoss).toBeCloseTo(Math.log(10), 1);
    const drawn = await runCli(['feature-maps', path, '--out', scratch.path('maps'), ...quick]);
    expect(drawn.code).toBe(0);
    expect(existsSync(scratch.path('maps', 'conv2-maps.png'))).toBe(true);
  });

  it('is refused in one sentence where it asks for something to be run', async () => {
    const path = scratch.path('evil.pt');
    const pickle = new TextEncoder().encode('\x02cos\nsystem\nX\x08\0\0\0touch it\x85R.');
    await writeFile(path, zip([{ name: 'archive/data.pkl', data: Uint8Array.of(0x80, ...pickle) }]));
    const { code, stdout, stderr } = await runCli(['evaluate', path, ...quick]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`flambeau: ${path}: the file asks to run os.system, expected only tensors and plain values\n`);
  });

  it('nested in a checkpoint needs its key', async () => {
    const path = scratch.path('nested.pt');
    const text = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
    const pickle = new TextEncoder().encode(`\x02}(${text('epoch')}K\x03${text('model')}}u.`);
    await writeFile(path, zip([{ name: 'archive/data.pkl', data: Uint8Array.of(0x80, ...pickle) }]));
    const without = await runCli(['evaluate', path, ...quick]);
    expect(without.stderr).toContain('if the file keeps its state dict under a key, name that key');
    const wrong = await runCli(['evaluate', path, '--key', 'weights', ...quick]);
    expect(wrong.stderr).toContain("the file's dict has no 'weights', expected one of 'epoch', 'model'");
    const right = await runCli(['evaluate', path, '--key', 'model', ...quick]);
    expect(right.stderr).toContain('fits none of the models');
  });
});

describe('what train writes', () => {
  it('has the very names, shapes and types that PyTorch loaded with strict=True (golden/notes_cnn.py)', async () => {
    await runCli(['train', 'fashion-mnist', '--epochs', '1', '--limit', '100', ...quick, '--out', scratch.path('run')]);
    const accepted = recorded('strict_load.json') as Record<string, Record<string, [dtype: string, shape: number[]]>>;
    for (const name of ['last', 'best']) {
      const { tensors } = await loadSafetensors(scratch.path('run', 'weights', `${name}.safetensors`));
      const written = [...tensors].map(([key, { dtype, shape }]) => [key, [`torch.${dtype}`, [...shape]]]);
      expect(Object.fromEntries(written)).toEqual(accepted[name]);
    }
  });
});
