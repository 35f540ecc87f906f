import { type ColorMapName, colorTable, type ValueRange } from '../images/colorMap.ts';
import { pngDataUrl } from '../images/png.ts';
import type { RgbaImage } from '../images/rgbaImage.ts';
import { element, picture, textElement, textWidth, theme } from './svg.ts';

/** How a sheet of tiles is laid out and labelled. */
export interface TileSheetOptions {
  title: string;
  subtitle?: string;
  /** What a screen reader says; the title and the number of tiles by default. */
  description?: string;
  /** Tiles in a row. */
  columns: number;
  /** Screen pixels for the side of one pixel of a tile. */
  scale: number;
  /** A few words under each tile; a line break begins another line. */
  captions?: readonly string[];
  /** Words over the columns and before the rows. */
  columnNames?: readonly string[];
  rowNames?: readonly string[];
  /** The strip of colours that says what they mean. */
  legend?: { colorMap: ColorMapName; range: ValueRange; unit?: string };
}

const gap = 12;
const captionLineHeight = 17;

/**
 * Small images as one labelled SVG document, each pixel a square of `scale` × `scale`, never interpolated, with the
 * strip of colours that says which number each stands for.
 */
export function tileSheet(tiles: readonly RgbaImage[], options: TileSheetOptions): string {
  const { title, subtitle, columns, scale, captions, columnNames, rowNames, legend } = options;
  const [first] = tiles;
  if (!first) throw new RangeError('tileSheet: expected at least one tile, got none');
  const tileWidth = first.width * scale;
  const tileHeight = first.height * scale;
  const stepX = tileWidth + gap;
  const captionLines = Math.max(0, ...(captions ?? []).map((caption) => caption.split('\n').length));
  const stepY = tileHeight + gap + (captionLines > 0 ? captionLines * captionLineHeight + 3 : 0);
  const rows = Math.ceil(tiles.length / columns);
  const rowNameWidth = rowNames
    ? Math.ceil(Math.max(...rowNames.map((name) => textWidth(name, theme.fontSize)))) + 10
    : 0;
  const left = 24 + rowNameWidth;
  const top = (subtitle ? 76 : 56) + (columnNames ? 22 : 0);
  const right = left + columns * stepX - gap;
  const bottom = top + rows * stepY - gap;
  const width =
    Math.max(right, 24 + textWidth(title, theme.titleSize), 24 + textWidth(subtitle ?? '', theme.fontSize), 24 + 320) +
    24;
  const height = bottom + (legend ? 46 : 0) + 20;
  return picture(
    {
      width,
      height,
      title,
      description: options.description ?? `${tiles.length} images of ${first.width}×${first.height}.`,
    },
    // Browsers know `pixelated`; SVG 1.1's own word, on each image, is for the renderers that do not.
    textElement('style', {}, '@supports (image-rendering:pixelated){image{image-rendering:pixelated}}'),
    textElement('text', { x: 24, y: 34, 'font-size': theme.titleSize, 'font-weight': 600 }, title),
    subtitle ? textElement('text', { x: 24, y: 56, fill: theme.muted }, subtitle) : '',
    ...(columnNames ?? []).map((name, column) =>
      textElement(
        'text',
        { x: left + column * stepX + tileWidth / 2, y: top - 9, 'text-anchor': 'middle', fill: theme.muted },
        name,
      ),
    ),
    ...(rowNames ?? []).map((name, row) =>
      textElement(
        'text',
        { x: left - 10, y: top + row * stepY + tileHeight / 2 + 4.5, 'text-anchor': 'end', fill: theme.muted },
        name,
      ),
    ),
    ...tiles.flatMap((tile, index) => {
      const x = left + (index % columns) * stepX;
      const y = top + Math.floor(index / columns) * stepY;
      const caption = captions?.[index];
      return [
        element('rect', {
          x: x - 0.5,
          y: y - 0.5,
          width: tileWidth + 1,
          height: tileHeight + 1,
          fill: 'none',
          stroke: theme.axis,
        }),
        element('image', {
          x,
          y,
          width: tileWidth,
          height: tileHeight,
          'image-rendering': 'optimizeSpeed',
          href: pngDataUrl(tile),
        }),
        ...(caption?.split('\n') ?? []).map((line, number) =>
          textElement(
            'text',
            {
              x: x + tileWidth / 2,
              y: y + tileHeight + (number + 1) * captionLineHeight,
              'text-anchor': 'middle',
              fill: theme.muted,
            },
            line,
          ),
        ),
      ];
    }),
    ...(legend ? drawLegend(legend, left, bottom + 22) : []),
  );
}

function drawLegend(
  { colorMap, range, unit }: NonNullable<TileSheetOptions['legend']>,
  left: number,
  top: number,
): string[] {
  const colors = colorTable(colorMap);
  const entries = colors.length / 4;
  const strip: RgbaImage = { width: entries, height: 1, data: colors };
  const low = range.low.toPrecision(3);
  const high = range.high.toPrecision(3);
  const start = left + textWidth(low, theme.fontSize) + 8;
  return [
    textElement('text', { x: left, y: top + 11, fill: theme.muted }, low.replace('-', '−')),
    element('image', {
      x: start,
      y: top,
      width: 160,
      height: 12,
      preserveAspectRatio: 'none',
      href: pngDataUrl(strip),
    }),
    textElement('text', { x: start + 168, y: top + 11, fill: theme.muted }, `${high}${unit ? ` ${unit}` : ''}`),
  ];
}
