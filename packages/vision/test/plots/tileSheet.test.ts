import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { colorize } from '../../src/images/colorMap.ts';
import { svgToPng } from '../../src/plots/svgToPng.ts';
import { tileSheet } from '../../src/plots/tileSheet.ts';

describe('tileSheet', () => {
  const values = [0, 0.2, 0.4, 0.6];
  const tile = colorize(values, 2, 2, { range: { low: 0, high: 1 } });
  const svg = tileSheet([tile, tile], { title: 'Two', columns: 2, scale: 20, captions: ['left', 'right'] });

  it('places tiles at whole pixels, and says so', () => {
    expect([...svg.matchAll(/<image x="(\d+)" y="(\d+)" width="40" height="40"/g)]).toHaveLength(2);
    expect(svg).toContain('>left<');
    expect(svg).toContain('>right<');
  });

  it('is drawn crisply: every pixel of a tile is one flat square of the PNG', async () => {
    const scale = 2;
    const { width, data, channels } = decode(await svgToPng(svg, { scale }));
    const [, left, top] = svg.match(/<image x="(\d+)" y="(\d+)"/)!.map(Number) as [number, number, number];
    for (let y = 0; y < 40 * scale; y++) {
      for (let x = 0; x < 40 * scale; x++) {
        const at = ((top * scale + y) * width + left * scale + x) * channels;
        const source = (Math.floor(y / (20 * scale)) * 2 + Math.floor(x / (20 * scale))) * 4;
        if (data[at] !== tile.data[source]) throw new Error(`pixel ${x}, ${y}: ${data[at]}, not ${tile.data[source]}`);
      }
    }
  });

  it('refuses no tiles', () => {
    expect(() => tileSheet([], { title: '', columns: 1, scale: 1 })).toThrow('expected at least one tile, got none');
  });
});

describe('svgToPng', () => {
  it('draws text in its own font, whatever the machine has', async () => {
    const draw = (content: string) =>
      svgToPng(
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 20" width="100" height="20" font-family="Inter"><rect width="100" height="20" fill="#fff"/>${content}</svg>`,
        { scale: 1 },
      );
    const ink = (png: Uint8Array) => decode(png).data.filter((byte) => byte < 100).length;
    const regular = ink(await draw('<text y="15">Flambeau 0123</text>'));
    const bold = ink(await draw('<text y="15" font-weight="600">Flambeau 0123</text>'));
    expect(ink(await draw(''))).toBe(0);
    expect(regular).toBeGreaterThan(200);
    expect(bold).toBeGreaterThan(regular);
  });
});
