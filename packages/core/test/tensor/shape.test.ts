import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { hostArray, ShapeError } from '../../src/index.ts';
import { expectRank, expectShape, formatShape, pair } from '../../src/tensor/shape.ts';

describe('shapes', () => {
  it('are printed as messages have them', () => {
    expect(formatShape([100, 1, 28, 28])).toBe('[100, 1, 28, 28]');
    expect(formatShape([])).toBe('[]');
  });

  it('that do not fit are a ShapeError with both in it', () => {
    const tensor = tf.zeros([2, 3]);
    expect(() => expectShape('fc', 'bias', tensor, [2, 3])).not.toThrow();
    for (const shape of [[3, 2], [2], [2, 3, 1]]) {
      expect(() => expectShape('fc', 'bias', tensor, shape)).toThrow(
        new ShapeError(`fc: expected bias of shape ${formatShape(shape)}, got [2, 3]`),
      );
    }
    expect(() => expectRank('conv1', tensor, [3, 4], '[C, H, W]')).toThrow(
      new ShapeError('conv1: expected an input of shape [C, H, W], got [2, 3]'),
    );
    expect(new ShapeError('') instanceof RangeError).toBe(true);
  });

  it('of windows are one number for both sides, or a pair', () => {
    expect(pair('conv', 'stride', 2, 1)).toEqual([2, 2]);
    expect(pair('conv', 'padding', [0, 3], 0)).toEqual([0, 3]);
    for (const wrong of [0, 1.5, [1, 0], Number.NaN] as const) {
      expect(() => pair('conv', 'stride', wrong as number, 1)).toThrow(
        /^conv: expected stride to be whole and at least 1, got /,
      );
    }
  });
});

describe('a host array', () => {
  it('holds exactly the elements of its shape', () => {
    expect(hostArray('bool', [2, 0], new Uint8Array()).data).toHaveLength(0);
    expect(() => hostArray('float32', [2], new Float32Array(3))).toThrow('shape [2] holds 2 elements, got 3');
    expect(() => hostArray('float32', [], new Float32Array())).toThrow('shape [] holds 1 elements, got 0');
  });
});
