import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { imageGrid } from '../../src/images/grid.ts';
import { encodePng, pngDataUrl } from '../../src/images/png.ts';
import { solidImage } from '../../src/images/rgbaImage.ts';

const tile = (value: number) => solidImage(24, 24, [value, value, value]);

describe('imageGrid', () => {
  it('lays out 6 maps of 24×24 in 3 columns, enlarged 4 times, with gaps of 5', () => {
    const grid = imageGrid([0, 1, 2, 3, 4, 5].map(tile), { columns: 3, scale: 4, gap: 5 });
    expect([grid.width, grid.height]).toEqual([5 + 3 * (96 + 5), 5 + 2 * (96 + 5)]);
    const red = (x: number, y: number) => grid.data[(y * grid.width + x) * 4];
    expect(red(0, 0)).toBe(255);
    expect([red(5, 5), red(100, 100)]).toEqual([0, 0]);
    expect(red(101, 50)).toBe(255);
    expect(red(106, 50)).toBe(1);
    expect(red(5, 106)).toBe(3);
  });

  it('refuses no tiles, and tiles of different sizes', () => {
    expect(() => imageGrid([])).toThrow('expected at least one tile, got none');
    expect(() => imageGrid([tile(0), solidImage(8, 8, [0, 0, 0])])).toThrow('got 24×24 and 8×8');
  });
});

describe('encodePng', () => {
  it('gives a file that decodes to the same pixels', () => {
    const image = imageGrid([tile(7), tile(9)], { scale: 1 });
    const decoded = decode(encodePng(image));
    expect([decoded.width, decoded.height, decoded.channels]).toEqual([image.width, image.height, 4]);
    expect(decoded.data).toEqual(new Uint8Array(image.data));
  });

  it('stands in a data URL', () => {
    const [, base64] = pngDataUrl(tile(3)).split('data:image/png;base64,');
    expect(decode(Buffer.from(base64!, 'base64')).width).toBe(24);
  });
});
