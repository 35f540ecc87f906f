import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { LengthAccuracy } from '../evaluation/evaluateSequences.ts';
import { element, fontSize, type PlotTheme, picture, textElement, themes, titleSize } from './svg.ts';

/** How right one model is on sources of each length. */
export interface LengthSeries {
  /** As in `Bahdanau attention`. */
  readonly name: string;
  readonly points: readonly LengthAccuracy[];
}

export interface AccuracyByLengthPlotOptions {
  /** Default `Accuracy by source length`. */
  readonly title?: string;
  readonly subtitle?: string;
  /** What is drawn: the share of sequences that are right, or that of tokens. Default `'sequenceAccuracy'`. */
  readonly measure?: 'sequenceAccuracy' | 'tokenAccuracy';
  /** Default `'light'`. */
  readonly theme?: 'light' | 'dark';
}

const width = 760;
const height = 460;
const plot = { left: 64, right: width - 170, top: 108, bottom: height - 60 };

/**
 * Accuracy against the length of the source, a line for each model, as an SVG document: whether a model that must hold a whole
 * sequence in one vector fails on long ones, and one with attention does not. The bands are 95% intervals (Wilson's): where
 * there are few examples, they are wide.
 *
 * @throws RangeError if there is no series with a point.
 *
 * @example
 * ```ts
 * const svg = accuracyByLengthPlot([
 *   { name: 'attention', points: withAttention.byLength },
 *   { name: 'no attention', points: without.byLength },
 * ]);
 * ```
 */
export function accuracyByLengthPlot(
  series: readonly LengthSeries[],
  options: AccuracyByLengthPlotOptions = {},
): string {
  const {
    title = 'Accuracy by source length',
    subtitle,
    measure = 'sequenceAccuracy',
    theme: name = 'light',
  } = options;
  const theme = themes[name];
  const shown = series.filter(({ points }) => points.length > 0);
  if (shown.length === 0)
    throw new RangeError('accuracyByLengthPlot: expected one or more series with points, got none');
  const all = shown.flatMap(({ points }) => points);
  const [shortest, longest] = [Math.min(...all.map(middle)), Math.max(...all.map(middle))];
  // One length has no extent: it stands in the middle.
  const x = scaleLinear(shortest === longest ? [shortest - 1, longest + 1] : [shortest, longest], [
    plot.left + 8,
    plot.right,
  ]);
  const y = scaleLinear([0, 1], [plot.bottom, plot.top]);
  const ends = spread(
    shown.map(({ points }) => y(points.at(-1)![measure])),
    38,
  );
  return picture(
    {
      width,
      height,
      theme,
      title: subtitle === undefined ? title : `${title}: ${subtitle}`,
      description: shown.map((one) => describe(one, measure)).join(' '),
    },
    textElement('text', { x: 24, y: 34, 'font-size': titleSize, 'font-weight': 600 }, title),
    subtitle === undefined ? '' : textElement('text', { x: 24, y: 56, fill: theme.muted }, subtitle),
    ...axes(x, y, measure, theme, [shortest, longest]),
    ...shown.map((one, index) => {
      const color = theme.series[index % theme.series.length]!;
      const band = area<LengthAccuracy>(
        (point) => x(middle(point)),
        (point) => y(interval(point, measure)[0]),
        (point) => y(interval(point, measure)[1]),
      );
      return element('path', { d: band(one.points) ?? '', fill: color, 'fill-opacity': 0.14 });
    }),
    ...shown.flatMap((one, index) => drawSeries(one, index, { x, y, measure, theme, labelAt: ends[index]! })),
  );
}

type Scale = (value: number) => number;

function drawSeries(
  { name, points }: LengthSeries,
  index: number,
  { x, y, measure, theme, labelAt }: { x: Scale; y: Scale; measure: Measure; theme: PlotTheme; labelAt: number },
): string[] {
  const color = theme.series[index % theme.series.length]!;
  const path = line<LengthAccuracy>(
    (point) => x(middle(point)),
    (point) => y(point[measure]),
  );
  const last = points.at(-1)!;
  return [
    element('path', {
      d: path(points) ?? '',
      fill: 'none',
      stroke: color,
      'stroke-width': 2.25,
      'stroke-linejoin': 'round',
    }),
    ...points.map((point) =>
      element(
        'g',
        { transform: `translate(${x(middle(point)).toFixed(2)} ${y(point[measure]).toFixed(2)})` },
        textElement('title', {}, `${name}, ${lengths(point)}: ${percent(point[measure])} of ${point.count}`),
        marker(index, color, theme),
      ),
    ),
    element('path', {
      d: `M${(x(middle(last)) + 7).toFixed(2)} ${y(last[measure]).toFixed(2)}L${plot.right + 16} ${(labelAt - 2).toFixed(2)}`,
      stroke: color,
      'stroke-opacity': 0.45,
      fill: 'none',
    }),
    textElement('text', { x: plot.right + 20, y: labelAt - 4, fill: color, 'font-weight': 600 }, name),
    textElement('text', { x: plot.right + 20, y: labelAt + 12, fill: color }, percent(last[measure])),
  ];
}

type Measure = 'sequenceAccuracy' | 'tokenAccuracy';
type LinearScale = ReturnType<typeof scaleLinear<number, number>>;

function axes(
  x: LinearScale,
  y: LinearScale,
  measure: Measure,
  theme: PlotTheme,
  [shortest, longest]: readonly [number, number],
): string[] {
  const lengthTicks = x.ticks(8).filter((tick) => Number.isInteger(tick) && tick >= shortest && tick <= longest);
  return [
    textElement(
      'text',
      { x: plot.left - 40, y: plot.top - 14, 'font-weight': 600 },
      measure === 'sequenceAccuracy' ? 'Sequences right' : 'Tokens right',
    ),
    ...y
      .ticks(5)
      .flatMap((tick) => [
        element('line', { x1: plot.left, x2: plot.right, y1: y(tick), y2: y(tick), stroke: theme.grid }),
        textElement(
          'text',
          { x: plot.left - 8, y: y(tick) + 4.5, 'text-anchor': 'end', fill: theme.muted },
          `${Math.round(100 * tick)}%`,
        ),
      ]),
    element('line', { x1: plot.left, x2: plot.right, y1: plot.bottom, y2: plot.bottom, stroke: theme.axis }),
    ...lengthTicks.flatMap((tick) => [
      element('line', { x1: x(tick), x2: x(tick), y1: plot.bottom, y2: plot.bottom + 5, stroke: theme.axis }),
      textElement(
        'text',
        { x: x(tick), y: plot.bottom + 21, 'text-anchor': 'middle', fill: theme.muted },
        String(tick),
      ),
    ]),
    textElement(
      'text',
      {
        x: (plot.left + plot.right) / 2,
        y: plot.bottom + 44,
        'text-anchor': 'middle',
        fill: theme.muted,
        'font-size': fontSize,
      },
      'length of the source, in tokens',
    ),
  ];
}

/** Discs, squares on their corner, squares, triangles. */
function marker(index: number, color: string, theme: PlotTheme): string {
  const look = { fill: color, stroke: theme.background, 'stroke-width': 1.25 };
  if (index % 4 === 0) return element('circle', { r: 4, ...look });
  const shapes = ['M0 -5.2L5.2 0L0 5.2L-5.2 0Z', 'M-3.8 -3.8H3.8V3.8H-3.8Z', 'M0 -5L4.8 3.6H-4.8Z'];
  return element('path', { d: shapes[(index % 4) - 1]!, ...look });
}

const middle = ({ from, to }: LengthAccuracy) => (from + to) / 2;
const lengths = ({ from, to }: LengthAccuracy) => (from === to ? `length ${from}` : `lengths ${from} to ${to}`);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** Wilson's interval of a share at 95%: it never leaves [0, 1], and is right for few examples, too. */
function interval({ count, ...point }: LengthAccuracy, measure: Measure): [low: number, high: number] {
  const share = point[measure];
  const z = 1.96;
  const centre = share + z ** 2 / (2 * count);
  const half = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  const scale = 1 + z ** 2 / count;
  return [(centre - half) / scale, (centre + half) / scale];
}

/** Moves label positions apart until neighbours are at least `distance` from each other, inside the plot. */
function spread(positions: readonly number[], distance: number): number[] {
  const order = positions.map((_, index) => index).sort((a, b) => positions[a]! - positions[b]!);
  const placed = [...positions];
  for (let i = 1; i < order.length; i++) {
    const [above, below] = [order[i - 1]!, order[i]!];
    placed[below] = Math.max(placed[below]!, placed[above]! + distance);
  }
  const overflow = Math.max(0, ...placed.map((position) => position - plot.bottom));
  return placed.map((position) => position - overflow);
}

function describe({ name, points }: LengthSeries, measure: Measure): string {
  return `${name}: ${points.map((point) => `${lengths(point)} ${percent(point[measure])}`).join(', ')}.`;
}
