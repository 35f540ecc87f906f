import { manualSeed } from '@flambeau/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { NotesBnCnn } from '../../src/models/notesBnCnn.ts';
import { NotesCnn } from '../../src/models/notesCnn.ts';
import { simd } from '../onSimd.ts';

const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

beforeAll(async () => {
  await simd();
});

describe('NotesCnn', () => {
  it("has the notes' 32,998 parameters under PyTorch's keys, in PyTorch's order", async () => {
    const net = new NotesCnn();
    const shapes = Object.fromEntries(Object.entries(await net.stateDict()).map(([key, { shape }]) => [key, shape]));
    expect(shapes).toEqual({
      'conv1.weight': [6, 1, 5, 5],
      'conv1.bias': [6],
      'conv2.weight': [12, 6, 5, 5],
      'conv2.bias': [12],
      'fc1.weight': [120, 192],
      'fc1.bias': [120],
      'fc2.weight': [60, 120],
      'fc2.bias': [60],
      'out.weight': [10, 60],
      'out.bias': [10],
    });
    expect(Object.keys(shapes)[0]).toBe('conv1.weight');
    expect(net.parameters().reduce((sum, parameter) => sum + size(parameter.shape), 0)).toBe(32_998);
    net.dispose();
  });

  it('is the same model after the same seed', async () => {
    const weights = async (seed: number) => {
      manualSeed(seed);
      return (await new NotesCnn().stateDict())['out.weight']!.data;
    };
    expect(await weights(0)).toEqual(await weights(0));
    expect(await weights(0)).not.toEqual(await weights(1));
  });
});

describe('NotesBnCnn', () => {
  it('has 33,196 parameters and no bias before a batch norm', async () => {
    const net = new NotesBnCnn();
    const keys = Object.keys(await net.stateDict());
    for (const layer of ['conv1', 'conv2', 'fc1', 'fc2']) expect(keys).not.toContain(`${layer}.bias`);
    for (const buffer of ['running_mean', 'running_var', 'num_batches_tracked'])
      expect(keys).toContain(`bn4.${buffer}`);
    // 150 + 1,800 + 23,040 + 7,200 + 610 of the maps, 2·(6 + 12 + 120 + 60) of the batch norms.
    expect(net.parameters().reduce((sum, parameter) => sum + size(parameter.shape), 0)).toBe(33_196);
    net.dispose();
  });
});
