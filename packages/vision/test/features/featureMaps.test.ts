import { type Backend, hostArray, manualSeed } from '@flambeau/core';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { featureMaps } from '../../src/features/featureMaps.ts';
import { featureMapSheet, filterSheet } from '../../src/features/featureSheets.ts';
import { filters } from '../../src/features/filters.ts';
import { NotesBnCnn } from '../../src/models/notesBnCnn.ts';
import { NotesCnn } from '../../src/models/notesCnn.ts';
import { simd } from '../onSimd.ts';

const image = hostArray(
  'float32',
  [1, 28, 28],
  Float32Array.from({ length: 784 }, (_, i) => ((i * 7919) % 256) / 255),
);

let backend: Backend;
beforeAll(async () => {
  backend = await simd();
});

describe('featureMaps', () => {
  it('reads 6 maps of 24×24 and 12 of 8×8, after ReLU', async () => {
    manualSeed(0);
    const { layers, logits } = await featureMaps(new NotesCnn(), image);
    expect(layers.map(({ layer, maps, height, width }) => [layer, maps.length, height, width])).toEqual([
      ['conv1', 6, 24, 24],
      ['conv2', 12, 8, 8],
    ]);
    for (const { maps } of layers) for (const map of maps) expect(Math.min(...map)).toBeGreaterThanOrEqual(0);
    expect(layers[0]!.maps.some((map) => Math.max(...map) > 0)).toBe(true);
    expect(logits).toHaveLength(10);
  });

  it('gives what convolution by hand gives', async () => {
    manualSeed(1);
    const net = new NotesCnn();
    const state = await net.stateDict();
    const weight = state['conv1.weight']!.data as Float32Array;
    const bias = state['conv1.bias']!.data as Float32Array;
    const { layers } = await featureMaps(net, image);
    for (const [channel, y, x] of [
      [0, 0, 0],
      [3, 10, 20],
      [5, 23, 23],
    ] as const) {
      let sum = bias[channel]!;
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < 5; j++) sum += weight[channel * 25 + i * 5 + j]! * image.data[(y + i) * 28 + x + j]!;
      }
      expect(layers[0]!.maps[channel]![y * 24 + x]).toBeCloseTo(Math.max(0, sum), 5);
    }
  });

  it("reads the batch norm's output where there is one", async () => {
    manualSeed(0);
    const net = new NotesBnCnn();
    net.bn1.weight!.load(hostArray('float32', [6], new Float32Array(6)), backend);
    net.bn1.bias!.load(hostArray('float32', [6], Float32Array.of(1, 2, 3, 4, 5, -6)), backend);
    const { layers } = await featureMaps(net, image);
    expect(layers[0]!.maps.map((map) => map[0])).toEqual([1, 2, 3, 4, 5, 0]);
  });

  it('leaves the model as it was: its mode, no hooks, no tensors', async () => {
    const net = new NotesCnn();
    await featureMaps(net, image);
    const before = memory().numTensors;
    await featureMaps(net, image);
    expect(memory().numTensors).toBe(before);
    expect(net.training).toBe(true);
    expect(net.conv1.hasForwardHooks).toBe(false);
  });

  it('refuses more than one image', async () => {
    const two = hostArray('float32', [2, 1, 28, 28], new Float32Array(2 * 784));
    await expect(featureMaps(new NotesCnn(), two)).rejects.toThrow('expected one image [C, H, W], got [2, 1, 28, 28]');
  });
});

describe('filters', () => {
  it('reads 6×1 and 12×6 kernels of 5×5, in the order of the state dict', async () => {
    const net = new NotesCnn();
    const [conv1, conv2] = await filters(net);
    expect([conv1!.kernels.length, conv1!.kernels[0]!.length]).toEqual([6, 1]);
    expect([conv2!.kernels.length, conv2!.kernels[0]!.length, conv2!.height, conv2!.width]).toEqual([12, 6, 5, 5]);
    const weight = (await net.stateDict())['conv2.weight']!.data as Float32Array;
    expect(conv2!.kernels[7]![3]).toEqual(weight.slice((7 * 6 + 3) * 25, (7 * 6 + 4) * 25));
  });
});

describe('sheets', () => {
  it('show every map with its largest value, and every filter', async () => {
    const net = new NotesCnn();
    const { layers } = await featureMaps(net, image);
    const sheet = featureMapSheet(layers[1]!, { subtitle: 'image 0' });
    expect(sheet.match(/<image /g)).toHaveLength(12 + 1);
    layers[1]!.maps.forEach((map, index) => {
      expect(sheet).toContain(`>map ${index} · max ${Math.max(...map).toFixed(2)}<`);
    });
    const [, conv2] = await filters(net);
    expect(filterSheet(conv2!).match(/<image /g)).toHaveLength(72 + 1);
  });

  it('draw maps in which nothing fired', () => {
    const silent = featureMapSheet({ layer: 'conv1', height: 2, width: 2, maps: [new Float32Array(4)] });
    expect(silent).not.toMatch(/NaN|Infinity/);
  });
});
