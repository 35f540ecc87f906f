import { rgb } from 'd3-color';
import { interpolateBlues, interpolateMagma } from 'd3-scale-chromatic';
import stringWidth from 'string-width';
import { type Alignment, checkAlignment, strongestColumn, weightAt } from './alignment.ts';
import { element, fontSize, type PlotTheme, picture, textElement, themes, titleSize } from './svg.ts';

export interface AlignmentPlotOptions {
  /** Default `Alignment`. */
  readonly title?: string;
  readonly subtitle?: string;
  /** Default `'light'`. */
  readonly theme?: 'light' | 'dark';
}

/** Cells shrink where there are many, so that the picture stays within this width, in pixels. */
const matrixWidth = 1100;
const largestCell = 40;
const smallestCell = 3;
const margin = 24;
/** From this many cells on, none says its weight when pointed at: the file would grow to megabytes. */
const maxTitledCells = 2500;
/** What is lighter than this can't be seen. */
const leastWeight = 0.004;

/**
 * An alignment matrix as an SVG document: a column for each source token, a row for each target token, and the darker (on a
 * dark background, the brighter) a cell, the more the model looked at that source token while it wrote that target token.
 *
 * @throws RangeError if the weights' shape is not that of the tokens.
 *
 * @example
 * ```ts
 * const [translation] = await translator.translate([['je', 'suis', 'pret']]);
 * await writeFile('alignment.svg', alignmentPlot(translation, { title: 'je suis pret → i m ready' }));
 * ```
 */
export function alignmentPlot(alignment: Alignment, options: AlignmentPlotOptions = {}): string {
  checkAlignment('alignmentPlot', alignment);
  const { title = 'Alignment', subtitle, theme: name = 'light' } = options;
  const theme = themes[name];
  const shadeOf = name === 'light' ? lightShade : darkShade;
  const source = alignment.source.map(visible);
  const target = alignment.target.map(visible);
  const cell = cellSize(source.length);
  const labelSize = Math.min(fontSize, Math.max(7, cell * 0.8));
  const step = Math.ceil((labelSize + 4) / cell);
  const widthOf = (label: string) => stringWidth(label) * labelSize * 0.6;
  // Names over the columns stand upright where they fit. Where most do not, all lean.
  const isWide = (label: string) => widthOf(label) > cell * step - 4;
  const wide = source.filter(isWide).length;
  const leans = (label: string) => wide > source.length / 4 || isWide(label);
  const leaning = wide > 0;
  const columnLabels = Math.max(...source.map(widthOf));
  const rowLabels = Math.max(...target.map(widthOf));
  const header = subtitle === undefined ? 56 : 76;
  const left = margin + 22 + rowLabels + 10;
  const top = header + 20 + (leaning ? columnLabels * Math.SQRT1_2 + 14 : labelSize + 10);
  const right = left + source.length * cell;
  const bottom = top + target.length * cell;
  const lean = leaning
    ? Math.max(...source.map((label, column) => (column + 0.5) * cell + widthOf(label) * Math.SQRT1_2))
    : 0;
  const width =
    Math.max(
      right,
      left + lean,
      left + legendWidth + 52,
      titleWidth(title, titleSize),
      titleWidth(subtitle ?? '', fontSize),
    ) + margin;
  const centre = (index: number) => (index + 0.5) * cell;
  // Every so many tokens have their name where there is no room for all.
  const named = (index: number) => index % step === 0;

  const sourceLabels = source.map((label, column) => {
    if (!named(column)) return '';
    const x = left + centre(column);
    return leans(label)
      ? textElement(
          'text',
          {
            transform: `translate(${(x + labelSize * 0.3).toFixed(2)} ${(top - 8).toFixed(2)}) rotate(-45)`,
            'font-size': labelSize,
          },
          label,
        )
      : textElement('text', { x, y: top - 9, 'text-anchor': 'middle', 'font-size': labelSize }, label);
  });
  const targetLabels = target.map((label, row) =>
    named(row)
      ? textElement(
          'text',
          { x: left - 10, y: top + centre(row) + labelSize * 0.35, 'text-anchor': 'end', 'font-size': labelSize },
          label,
        )
      : '',
  );
  return picture(
    {
      width,
      height: bottom + 78,
      theme,
      title: subtitle === undefined ? title : `${title}: ${subtitle}`,
      description: describe(alignment),
    },
    textElement('text', { x: margin, y: 34, 'font-size': titleSize, 'font-weight': 600 }, title),
    subtitle === undefined ? '' : textElement('text', { x: margin, y: 56, fill: theme.muted }, subtitle),
    textElement('text', { x: left, y: header + 6, fill: theme.muted, 'font-weight': 600 }, 'source'),
    textElement(
      'text',
      {
        transform: `translate(${margin + 8} ${((top + bottom) / 2).toFixed(2)}) rotate(-90)`,
        'text-anchor': 'middle',
        fill: theme.muted,
        'font-weight': 600,
      },
      target.length * cell >= 48 ? 'target' : '',
    ),
    element('rect', {
      x: left,
      y: top,
      width: right - left,
      height: bottom - top,
      fill: shadeOf(0),
      stroke: theme.grid,
    }),
    ...cells(alignment, { cell, left, top, shadeOf }),
    ...gridLines(alignment, { cell, left, top, right, bottom, theme }),
    ...sourceLabels,
    ...targetLabels,
    ...legend(left, bottom + 26, theme, shadeOf),
  );
}

/** A space would not be seen. */
function visible(token: string): string {
  return /^\s+$/.test(token) ? '·' : token;
}

function cellSize(columns: number): number {
  return Math.min(largestCell, Math.max(smallestCell, Math.floor(matrixWidth / columns)));
}

function titleWidth(text: string, size: number): number {
  return margin + stringWidth(text) * size * 0.58;
}

interface Layout {
  readonly cell: number;
  readonly left: number;
  readonly top: number;
}

function cells(
  alignment: Alignment,
  { cell, left, top, shadeOf }: Layout & { shadeOf: (weight: number) => string },
): string[] {
  const { source, target } = alignment;
  const isTitled = source.length * target.length <= maxTitledCells;
  return target.flatMap((targetToken, row) =>
    source.flatMap((sourceToken, column) => {
      const weight = weightAt(alignment, row, column);
      if (!(weight >= leastWeight)) return [];
      const place = { x: left + column * cell, y: top + row * cell, width: cell, height: cell, fill: shadeOf(weight) };
      if (!isTitled) return [element('rect', place)];
      const words = `${targetToken} ← ${sourceToken}: ${percent(weight)}`;
      return [element('rect', place, textElement('title', {}, words))];
    }),
  );
}

/** Lines between cells, where these are large enough for lines not to cover them. */
function gridLines(
  { source, target }: Alignment,
  { cell, left, top, right, bottom, theme }: Layout & { right: number; bottom: number; theme: PlotTheme },
): string[] {
  if (cell < 10) return [];
  const columns = source.slice(1).map((_, at) => `M${left + (at + 1) * cell} ${top}V${bottom}`);
  const rows = target.slice(1).map((_, at) => `M${left} ${top + (at + 1) * cell}H${right}`);
  return [element('path', { d: [...columns, ...rows].join(''), stroke: theme.grid, 'stroke-width': 1, fill: 'none' })];
}

const legendWidth = 200;

/** A strip from 0 to 1, as the cells are shaded. */
function legend(left: number, top: number, theme: PlotTheme, shadeOf: (weight: number) => string): string[] {
  const steps = 50;
  return [
    ...Array.from({ length: steps }, (_, step) =>
      element('rect', {
        x: left + (step * legendWidth) / steps,
        y: top,
        width: legendWidth / steps + (step < steps - 1 ? 0.5 : 0),
        height: 10,
        fill: shadeOf((step + 0.5) / steps),
      }),
    ),
    ...[0, 0.5, 1].map((weight) =>
      textElement(
        'text',
        { x: left + weight * legendWidth, y: top + 27, 'text-anchor': 'middle', fill: theme.muted, 'font-size': 11 },
        String(weight),
      ),
    ),
    textElement('text', { x: left + legendWidth + 14, y: top + 10, fill: theme.muted, 'font-size': 11 }, 'weight'),
  ];
}

function lightShade(weight: number): string {
  return interpolateBlues(0.02 + 0.93 * clamp(weight));
}

/** Magma's dark end, mixed with the background, up to its bright one. */
function darkShade(weight: number): string {
  return rgb(interpolateMagma(0.1 + 0.86 * clamp(weight))).formatHex();
}

function clamp(weight: number): number {
  return Math.min(1, Math.max(0, weight));
}

function percent(weight: number): string {
  return `${(100 * weight).toFixed(1)}%`;
}

function describe(alignment: Alignment): string {
  const { source, target } = alignment;
  const shown = target.slice(0, 60).map((token, row) => {
    const column = strongestColumn(alignment, row);
    return `${token} from ${source[column]} (${percent(weightAt(alignment, row, column))})`;
  });
  const rest = target.length > shown.length ? `, and ${target.length - shown.length} more` : '';
  return `Rows are target tokens, columns source tokens. Strongest weights: ${shown.join('; ')}${rest}.`;
}
