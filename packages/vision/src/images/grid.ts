import { paste, type RgbaImage, solidImage, upscale } from './rgbaImage.ts';

/** How tiles are laid out. */
export interface GridOptions {
  /** Tiles in a row; as square a grid as there can be by default. */
  columns?: number;
  /** Screen pixels for the side of one pixel of a tile; 8 by default. */
  scale?: number;
  /** Screen pixels between tiles and around them; 8 by default. */
  gap?: number;
  /** The colour between tiles; white by default. */
  background?: readonly [red: number, green: number, blue: number];
}

/**
 * Tiles of one size in rows, enlarged without interpolation, with a gap around each: feature maps or filters as one
 * picture.
 *
 * @example
 * ```ts
 * const picture = imageGrid(maps.map((map) => colorize(map, 24, 24, { colorMap: 'inferno' })), { columns: 3 });
 * await writeFile('maps.png', encodePng(picture));
 * ```
 */
export function imageGrid(
  tiles: readonly RgbaImage[],
  { columns = Math.ceil(Math.sqrt(tiles.length)), scale = 8, gap = 8, background = [255, 255, 255] }: GridOptions = {},
): RgbaImage {
  const [first] = tiles;
  if (!first) throw new RangeError('imageGrid: expected at least one tile, got none');
  const odd = tiles.find((tile) => tile.width !== first.width || tile.height !== first.height);
  if (odd) {
    throw new RangeError(
      `imageGrid: expected tiles of one size, got ${first.width}×${first.height} and ${odd.width}×${odd.height}`,
    );
  }
  const rows = Math.ceil(tiles.length / columns);
  const stepX = first.width * scale + gap;
  const stepY = first.height * scale + gap;
  const canvas = solidImage(gap + Math.min(columns, tiles.length) * stepX, gap + rows * stepY, background);
  tiles.forEach((tile, index) => {
    const left = gap + (index % columns) * stepX;
    const top = gap + Math.floor(index / columns) * stepY;
    paste(canvas, upscale(tile, scale), left, top);
  });
  return canvas;
}
