import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { element, picture, textElement, theme } from './svg.ts';

/** What was measured in one epoch; a test set that was not looked at is left out. */
export interface EpochFigures {
  readonly epoch: number;
  /** Mean loss over the training examples. */
  readonly trainLoss: number;
  /** Between 0 and 1. */
  readonly trainAccuracy: number;
  readonly testLoss?: number;
  readonly testAccuracy?: number;
}

/** What stands over the curves. */
export interface TrainingCurvesOptions {
  title?: string;
  subtitle?: string;
  /** What the second curve was measured on: `test` by default, or `validation`. */
  testName?: string;
  /** Which loss it is. Default: `cross-entropy per image`. */
  lossName?: string;
}

interface Curve {
  name: string;
  points: readonly (readonly [epoch: number, value: number])[];
}

interface Panel {
  label: string;
  curves: readonly Curve[];
  format: (value: number) => string;
}

const panelWidth = 430;
const panelHeight = 400;
const header = 64;
const margin = { top: 36, right: 100, bottom: 52, left: 58 };

/**
 * Loss and accuracy over the epochs, training and test, side by side, as an SVG document. Lines carry their name and
 * last value at their end, and differ in marker as well as in colour.
 *
 * @example
 * ```ts
 * const svg = trainingCurves(history, { title: 'FashionMNIST', subtitle: 'recipe notes, seed 0' });
 * ```
 */
export function trainingCurves(
  history: readonly EpochFigures[],
  { title = 'Training', subtitle, testName = 'test', lossName = 'cross-entropy per image' }: TrainingCurvesOptions = {},
): string {
  if (history.length === 0) throw new RangeError('trainingCurves: expected at least one epoch, got none');
  const curve = (name: string, key: keyof EpochFigures): Curve => ({
    name,
    points: history.flatMap(({ epoch, [key]: value }) =>
      value !== undefined && Number.isFinite(value) ? [[epoch, value] as const] : [],
    ),
  });
  const panels: Panel[] = [
    {
      label: `Loss (${lossName})`,
      curves: [curve('train', 'trainLoss'), curve(testName, 'testLoss')],
      format: (value) => value.toFixed(3),
    },
    {
      label: 'Accuracy',
      curves: [curve('train', 'trainAccuracy'), curve(testName, 'testAccuracy')],
      format: (value) => `${(100 * value).toFixed(2)}%`,
    },
  ];
  return picture(
    {
      width: 2 * panelWidth,
      height: header + panelHeight,
      title: `${title}: loss and accuracy over ${history.length} ${history.length === 1 ? 'epoch' : 'epochs'}`,
      description: describe(panels, history),
    },
    textElement('text', { x: 24, y: 34, 'font-size': theme.titleSize, 'font-weight': 600 }, title),
    subtitle ? textElement('text', { x: 24, y: 55, fill: theme.muted }, subtitle) : '',
    ...panels.map((panel, index) =>
      element('g', { transform: `translate(${index * panelWidth} ${header})` }, ...drawPanel(panel, history)),
    ),
  );
}

function drawPanel({ label, curves, format }: Panel, history: readonly EpochFigures[]): string[] {
  const left = margin.left;
  const right = panelWidth - margin.right;
  const top = margin.top;
  const bottom = panelHeight - margin.bottom;
  const epochs = history.map(({ epoch }) => epoch);
  const first = Math.min(...epochs);
  const last = Math.max(...epochs);
  // One epoch has no extent: it stands in the middle.
  const x = scaleLinear(first === last ? [first - 1, last + 1] : [first, last], [left + 6, right]);
  const values = curves.flatMap(({ points }) => points.map(([, value]) => value));
  const low = values.length > 0 ? Math.min(...values) : 0;
  const high = values.length > 0 ? Math.max(...values) : 1;
  // Equal values have no extent either: half a percent of room on both sides.
  const room = high > low ? 0 : Math.max(Math.abs(high) * 0.005, 1e-6);
  const y = scaleLinear([low - room, high + room], [bottom, top]).nice(5);
  const yTicks = y.ticks(5);
  const tickFormat = label === 'Accuracy' ? y.tickFormat(5, '%') : y.tickFormat(5);
  const xTicks = x
    .ticks(Math.min(10, Math.max(1, last - first)))
    .filter((t) => Number.isInteger(t) && t >= first && t <= last);
  const parts: string[] = [
    textElement('text', { x: left - 34, y: 16, 'font-weight': 600 }, label),
    ...yTicks.flatMap((tick) => [
      element('line', { x1: left, x2: right, y1: y(tick), y2: y(tick), stroke: theme.grid }),
      textElement('text', { x: left - 8, y: y(tick) + 4.5, 'text-anchor': 'end', fill: theme.muted }, tickFormat(tick)),
    ]),
    element('line', { x1: left, x2: right, y1: bottom, y2: bottom, stroke: theme.axis }),
    ...xTicks.flatMap((tick) => [
      element('line', { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5, stroke: theme.axis }),
      textElement('text', { x: x(tick), y: bottom + 21, 'text-anchor': 'middle', fill: theme.muted }, String(tick)),
    ]),
    textElement('text', { x: (left + right) / 2, y: bottom + 42, 'text-anchor': 'middle', fill: theme.muted }, 'epoch'),
  ];
  const path = line<readonly [number, number]>(
    ([epoch]) => x(epoch),
    ([, value]) => y(value),
  );
  const shown = curves.filter(({ points }) => points.length > 0);
  const labels = spread(
    shown.map(({ points }) => y(points.at(-1)![1])),
    36,
    top,
    bottom,
  );
  shown.forEach((curve, index) => {
    const color = theme.series[index]!;
    const [endEpoch, endValue] = curve.points.at(-1)!;
    parts.push(
      element('path', {
        d: path(curve.points) ?? '',
        fill: 'none',
        stroke: color,
        'stroke-width': 2.25,
        'stroke-linejoin': 'round',
      }),
      ...curve.points.map(([epoch, value]) =>
        element(
          'g',
          { transform: `translate(${x(epoch).toFixed(2)} ${y(value).toFixed(2)})` },
          textElement('title', {}, `${curve.name}, epoch ${epoch}: ${format(value)}`),
          marker(index, color),
        ),
      ),
      element('path', {
        d: `M${(x(endEpoch) + 7).toFixed(2)} ${y(endValue).toFixed(2)}L${right + 16} ${(labels[index]! - 2).toFixed(2)}`,
        stroke: color,
        'stroke-opacity': 0.45,
        fill: 'none',
      }),
      textElement('text', { x: right + 20, y: labels[index]! - 4, fill: color, 'font-weight': 600 }, curve.name),
      textElement('text', { x: right + 20, y: labels[index]! + 12, fill: color }, format(endValue)),
    );
  });
  return parts;
}

/** Discs for the first curve, squares on their corner for the second. */
function marker(index: number, color: string): string {
  return index === 0
    ? element('circle', { r: 4, fill: color, stroke: theme.background, 'stroke-width': 1.25 })
    : element('path', {
        d: 'M0 -5.2L5.2 0L0 5.2L-5.2 0Z',
        fill: color,
        stroke: theme.background,
        'stroke-width': 1.25,
      });
}

/** Moves label positions apart until neighbours are at least `distance` from each other, inside [top, bottom]. */
function spread(positions: readonly number[], distance: number, top: number, bottom: number): number[] {
  const order = positions.map((_, index) => index).sort((a, b) => positions[a]! - positions[b]!);
  const placed = [...positions];
  for (let i = 1; i < order.length; i++) {
    const above = order[i - 1]!;
    const below = order[i]!;
    const lacking = distance - (placed[below]! - placed[above]!);
    if (lacking > 0) {
      placed[above]! -= lacking / 2;
      placed[below]! += lacking / 2;
    }
  }
  const overflow = Math.max(0, ...placed.map((position) => position - bottom));
  const underflow = Math.max(0, ...placed.map((position) => top - position));
  return placed.map((position) => position - overflow + underflow);
}

function describe(panels: readonly Panel[], history: readonly EpochFigures[]): string {
  const span = `from epoch ${history[0]!.epoch} to ${history.at(-1)!.epoch}`;
  const sentences = panels.flatMap(({ label, curves, format }) =>
    curves
      .filter(({ points }) => points.length > 0)
      .map(
        ({ name, points }) => `${label}, ${name}: ${format(points[0]![1])} to ${format(points.at(-1)![1])} ${span}.`,
      ),
  );
  return sentences.join(' ');
}
