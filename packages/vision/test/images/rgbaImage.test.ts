import { describe, expect, it } from 'vitest';
import { paste, type RgbaImage, solidImage, upscale } from '../../src/images/rgbaImage.ts';

const pixel = ({ width, data }: RgbaImage, x: number, y: number) => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];

describe('upscale', () => {
  const image: RgbaImage = {
    width: 2,
    height: 1,
    data: Uint8ClampedArray.of(10, 20, 30, 255, 200, 100, 0, 128),
  };

  it('makes every pixel a square of equal pixels, with nothing in between', () => {
    const large = upscale(image, 3);
    expect([large.width, large.height]).toEqual([6, 3]);
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 6; x++) {
        expect(pixel(large, x, y)).toEqual(x < 3 ? [10, 20, 30, 255] : [200, 100, 0, 128]);
      }
    }
  });

  it('takes a view that begins anywhere in its buffer', () => {
    const bytes = new Uint8ClampedArray(9);
    bytes.set(image.data, 1);
    expect(upscale({ ...image, data: bytes.subarray(1) }, 1).data).toEqual(image.data);
  });

  it.each([0, 1.5, -1, Number.NaN])('refuses a factor of %s', (factor) => {
    expect(() => upscale(image, factor)).toThrow(`upscale: expected a whole factor of at least 1, got ${factor}`);
  });
});

describe('paste', () => {
  it('copies to the given place and refuses what would leave the canvas', () => {
    const canvas = solidImage(3, 2, [255, 255, 255]);
    paste(canvas, solidImage(1, 1, [1, 2, 3]), 2, 1);
    expect(pixel(canvas, 2, 1)).toEqual([1, 2, 3, 255]);
    expect(pixel(canvas, 1, 1)).toEqual([255, 255, 255, 255]);
    expect(() => paste(canvas, solidImage(2, 1, [0, 0, 0]), 2, 0)).toThrow('leaves the canvas of 3×2');
  });
});
