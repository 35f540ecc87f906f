import { Generator, hostArray } from '@flambeau/core';
import { describe, expect, it } from 'vitest';
import { transforms } from '../../src/index.ts';

const { Compose, Normalize, RandomCrop, RandomErasing, RandomHorizontalFlip } = transforms;

/** Images whose pixels count up from 1. */
const counting = (...shape: number[]) =>
  hostArray(
    'float32',
    shape,
    Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, (_, i) => i + 1),
  );
const seeded = (seed = 0) => new Generator().manualSeed(seed);

describe('a transform', () => {
  it('takes one image as well as a batch', () => {
    const flip = new RandomHorizontalFlip(1);
    const image = flip.forward(counting(1, 2, 3));
    expect(image.shape).toEqual([1, 2, 3]);
    expect([...image.data]).toEqual([3, 2, 1, 6, 5, 4]);
    expect(flip.forward(counting(1, 1, 2, 3)).data).toEqual(image.data);
  });

  it('draws from the generator that it is given, for each image by itself', () => {
    const flip = new RandomHorizontalFlip();
    const images = counting(64, 1, 1, 2);
    const first = flip.forward(images, seeded());
    expect(flip.forward(images, seeded())).toEqual(first);
    expect(flip.forward(images, seeded(1))).not.toEqual(first);
    const flipped = Array.from({ length: 64 }, (_, i) => first.data[2 * i]! > first.data[2 * i + 1]!);
    expect(new Set(flipped).size).toBe(2);
  });

  it('of no image gives none', () => {
    expect(new RandomCrop(3, { padding: 1 }).forward(counting(0, 1, 4, 4)).shape).toEqual([0, 1, 3, 3]);
  });

  it('refuses what is no batch of float32 images', () => {
    const bytes = hostArray('uint8', [1, 2, 2], new Uint8Array(4));
    expect(() => new Normalize([0], [1]).forward(bytes)).toThrow(
      'Normalize(mean=[0], std=[1]): expected float32 images, got uint8',
    );
    expect(() => new RandomHorizontalFlip().forward(counting(2, 2))).toThrow('got [2, 2]');
  });

  it('prints itself and what it was made with', () => {
    const augment = new Compose([
      new RandomCrop(28, { padding: 2 }),
      new RandomHorizontalFlip(),
      new Normalize([0.286], [0.353]),
      new RandomErasing(),
    ]);
    expect(augment.toString()).toBe(
      'Compose(RandomCrop(size=[28, 28], padding=[2, 2, 2, 2]), RandomHorizontalFlip(p=0.5), ' +
        'Normalize(mean=[0.286], std=[0.353]), RandomErasing(p=0.5, scale=[0.02, 0.33], ratio=[0.3, 3.3], value=0))',
    );
  });
});

describe('Compose', () => {
  it('follows sizes from one transform to the next', () => {
    const chain = new Compose([new RandomCrop([3, 4]), new RandomCrop(2), new RandomHorizontalFlip()]);
    expect(chain.forward(counting(5, 2, 6, 6), seeded()).shape).toEqual([5, 2, 2, 2]);
  });

  it('refuses a size that a later transform can not take, before anything is drawn', () => {
    const generator = seeded();
    const state = generator.getState();
    const chain = new Compose([new RandomCrop(3), new RandomCrop(4)]);
    expect(() => chain.forward(counting(1, 1, 6, 6), generator)).toThrow(
      'RandomCrop(size=[4, 4], padding=[0, 0, 0, 0]): the part is larger than the padded image, which is 3×3',
    );
    expect(generator.getState()).toEqual(state);
  });
});

describe('RandomErasing', () => {
  it('leaves about half of the images as they are, and erases a rectangle of the others', () => {
    const images = hostArray('float32', [400, 1, 28, 28], new Float32Array(400 * 784).fill(1));
    const { data } = new RandomErasing({ scale: [0.02, 0.2] }).forward(images, seeded());
    let erased = 0;
    for (let i = 0; i < 400; i++) {
      const image = data.subarray(i * 784, (i + 1) * 784);
      const gone = [...image.keys()].filter((pixel) => image[pixel] === 0);
      if (gone.length === 0) continue;
      erased++;
      const [rows, columns] = [gone.map((p) => Math.floor(p / 28)), gone.map((p) => p % 28)];
      const side = (places: number[]) => Math.max(...places) - Math.min(...places) + 1;
      expect(gone.length).toBe(side(rows) * side(columns));
      // Rounding of both sides may go a little beyond the scale.
      expect(gone.length / 784).toBeLessThan(0.22);
    }
    expect(erased).toBeGreaterThan(160);
    expect(erased).toBeLessThan(240);
  });
});

describe('arguments', () => {
  it.each([
    [() => new RandomHorizontalFlip(1.5), 'RandomHorizontalFlip: expected p between 0 and 1, got 1.5'],
    [() => new RandomErasing({ p: Number.NaN }), 'RandomErasing: expected p between 0 and 1, got NaN'],
    [() => new RandomErasing({ scale: [0.3, 0.2] }), 'two rising shares of 0 to 1, got [0.3, 0.2]'],
    [() => new RandomErasing({ ratio: [0, 1] }), 'two rising numbers above 0, got [0, 1]'],
    [() => new RandomCrop(0), 'a height and width of whole pixels, got [0, 0]'],
    [() => new RandomCrop(3, { padding: -1 }), 'padding of 1, 2 or 4 whole numbers of at least 0, got -1'],
    [() => new RandomCrop(3, { padding: [1, 0.5] }), 'got [1, 0.5]'],
    [() => new Normalize([0.5], [0]), 'Normalize: expected std other than 0, got [0]'],
    [() => new Normalize([0.5], [1e-50]), 'expected std other than 0'],
    [() => new Normalize([1, 2], [1]).forward(counting(3, 2, 2)), 'expected images of 2 channels'],
    [() => new RandomErasing({ value: [1, 2] }).forward(counting(3, 2, 2)), 'expected images of 2 channels'],
    [() => new RandomCrop(5).forward(counting(1, 4, 6)), 'larger than the padded image, which is 4×6'],
    [
      () => new RandomCrop(4, { padding: 4, paddingMode: 'reflect' }).forward(counting(1, 4, 4)),
      'RandomCrop: expected padding of at most 3 pixels on a side of 4 (reflect), got 4',
    ],
  ] as const)('are refused where they can not be (%#)', (make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});
