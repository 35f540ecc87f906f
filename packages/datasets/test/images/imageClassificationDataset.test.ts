import { ImageClassificationDataset } from '@flambeau/datasets';
import { describe, expect, it } from 'vitest';

const uint8 = (shape: number[], data: number[]) => ({ dtype: 'uint8' as const, shape, data: Uint8Array.from(data) });
const classes = ['coat', 'bag', 'shirt'];
const three = () =>
  new ImageClassificationDataset(uint8([3, 1, 2], [0, 255, 1, 2, 51, 128]), uint8([3], [2, 0, 1]), classes);

describe('ImageClassificationDataset', () => {
  it('gives an image as ToTensor does, x / 255 rounded to float32, and its class', () => {
    const [image, label] = three().get(2);
    expect(image).toEqual({ dtype: 'float32', shape: [1, 1, 2], data: Float32Array.of(51 / 255, 128 / 255) });
    expect(label).toBe(1);
    expect(classes[label]).toBe('bag');
  });

  it('gives a batch in the order of the indices, repeated ones too', () => {
    const [images, labels] = three().getBatch([2, 0, 2]);
    expect(images.shape).toEqual([3, 1, 1, 2]);
    expect(images.data).toEqual(Float32Array.of(51 / 255, 128 / 255, 0, 1, 51 / 255, 128 / 255));
    expect(labels).toEqual({ dtype: 'int32', shape: [3], data: Int32Array.of(1, 2, 1) });
  });

  it('gives every byte the number that float32 division gives', () => {
    const all = Array.from({ length: 256 }, (_, value) => value);
    const dataset = new ImageClassificationDataset(uint8([1, 16, 16], all), uint8([1], [0]), classes);
    const divided = new Float32Array(all.map((value) => Math.fround(Math.fround(value) / Math.fround(255))));
    expect(dataset.get(0)[0].data).toEqual(divided);
  });

  it('takes [N, height, width] for [N, 1, height, width]', () => {
    expect(three().images.shape).toEqual([3, 1, 1, 2]);
    expect(three().imageSize).toEqual([1, 2]);
  });

  it('takes the first examples as a view, all where there are fewer', () => {
    const dataset = three();
    const two = dataset.take(2);
    expect(two.length).toBe(2);
    expect(two.get(1)).toEqual(dataset.get(1));
    expect(two.images.data.buffer).toBe(dataset.images.data.buffer);
    expect(dataset.take(10).length).toBe(3);
    expect(dataset.slice(1, 2).get(0)).toEqual(dataset.get(1));
    expect(() => dataset.take(-1)).toThrow('expected whole numbers 0 ≤ start ≤ end, got 0 and -1');
  });

  it.each([-1, 3, 0.5, Number.NaN])('refuses index %s, alone and in a batch', (index) => {
    const message = `expected an index of 0 to 2, got ${index}`;
    expect(() => three().get(index)).toThrow(message);
    expect(() => three().getBatch([0, index])).toThrow(message);
  });

  it.each([
    [
      'images of another type',
      { dtype: 'int32' as const, shape: [1, 1, 1], data: Int32Array.of(0) },
      uint8([1], [0]),
      /got int32 \[1, 1, 1\]/,
    ],
    ['coloured images', uint8([1, 3, 1, 1], [0, 0, 0]), uint8([1], [0]), /got uint8 \[1, 3, 1, 1\]/],
    [
      'fewer labels than images',
      uint8([2, 1, 1], [0, 0]),
      uint8([1], [0]),
      /expected labels uint8 \[2\] for 2 images, got uint8 \[1\]/,
    ],
    [
      'a label without a class',
      uint8([2, 1, 1], [0, 0]),
      uint8([2], [0, 3]),
      /less than 3, the number of classes, got 3 at index 1/,
    ],
  ])('refuses %s', (_, images, labels, message) => {
    expect(() => new ImageClassificationDataset(images, labels, classes)).toThrow(message);
  });
});
