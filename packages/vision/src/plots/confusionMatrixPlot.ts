import { rgb } from 'd3-color';
import { interpolateBlues } from 'd3-scale-chromatic';
import { perClass } from '../metrics/perClass.ts';
import { element, picture, textElement, textWidth, theme } from './svg.ts';

/** What stands around the matrix. */
export interface ConfusionMatrixOptions {
  title?: string;
  subtitle?: string;
}

const cell = 52;
const header = 84;

/**
 * A confusion matrix as an SVG document: a row for each true class, a column for each predicted one, the counts in the
 * cells, and the shade of a cell its share of the row, so that rows of classes with different numbers of examples can
 * be compared. The last column is the share of the row on the diagonal: the class's recall.
 *
 * @param matrix - `matrix[i][j]` counts the examples of class i that were taken for class j.
 * @param classNames - one name for each class.
 *
 * @example
 * ```ts
 * const svg = confusionMatrixPlot([[50, 2], [5, 43]], ['cat', 'dog'], { title: 'Pets' });
 * ```
 */
export function confusionMatrixPlot(
  matrix: readonly ArrayLike<number>[],
  classNames: readonly string[],
  { title = 'Confusion matrix', subtitle }: ConfusionMatrixOptions = {},
): string {
  const rows = perClass(matrix, classNames);
  const size = classNames.length;
  const labelWidth = Math.max(...classNames.map((name) => textWidth(name, theme.fontSize)), 40) + 12;
  const left = 24 + 22 + labelWidth;
  // Names over the columns stand upright when they fit and lean when they do not.
  const leaning = classNames.some((name) => textWidth(name, theme.fontSize) > cell - 4);
  const top = header + (leaning ? 26 + labelWidth * Math.SQRT1_2 : 46);
  const right = left + size * cell;
  const width = Math.max(right + 92, right + (leaning ? labelWidth * Math.SQRT1_2 : 0), left + 290);
  const height = top + size * cell + 110;
  const total = rows.reduce((sum, { support }) => sum + support, 0);
  const correct = rows.reduce((sum, { truePositives }) => sum + truePositives, 0);
  const accuracy = total > 0 ? correct / total : 0;
  const centre = (index: number) => (index + 0.5) * cell;

  const columnNames = classNames.map((name, column) => {
    const x = left + centre(column);
    return leaning
      ? textElement('text', { transform: `translate(${(x - 3).toFixed(2)} ${(top - 9).toFixed(2)}) rotate(-45)` }, name)
      : textElement('text', { x, y: top - 10, 'text-anchor': 'middle' }, name);
  });
  const cells = classNames.flatMap((trueName, row) =>
    classNames.map((predictedName, column) => {
      const count = matrix[row]![column]!;
      const support = rows[row]!.support;
      const share = support > 0 ? count / support : 0;
      const shade = count > 0 ? shadeOf(share) : theme.background;
      return element(
        'g',
        {},
        textElement(
          'title',
          {},
          `${count} of ${support} ${trueName} taken for ${predictedName} (${(100 * share).toFixed(1)}%)`,
        ),
        element('rect', {
          x: left + column * cell,
          y: top + row * cell,
          width: cell,
          height: cell,
          fill: shade,
          stroke: theme.grid,
        }),
        textElement(
          'text',
          {
            x: left + centre(column),
            y: top + centre(row) + 4.5,
            'text-anchor': 'middle',
            fill: count === 0 ? theme.axis : legible(shade),
            'font-weight': row === column ? 600 : undefined,
          },
          String(count),
        ),
      );
    }),
  );
  const worst = rows.reduce((lowest, entry) => (entry.recall < lowest.recall ? entry : lowest));
  return picture(
    {
      width,
      height,
      title: `${title}: ${size} classes, accuracy ${(100 * accuracy).toFixed(2)}%`,
      description: `Rows are true classes, columns predicted ones. ${correct} of ${total} examples are on the diagonal. ${rows
        .map(({ name, recall }) => `${name}: ${(100 * recall).toFixed(1)}% found`)
        .join('; ')}. Fewest found: ${worst.name}.`,
    },
    textElement('text', { x: 24, y: 34, 'font-size': theme.titleSize, 'font-weight': 600 }, title),
    textElement(
      'text',
      { x: 24, y: 55, fill: theme.muted },
      `${subtitle ? `${subtitle} · ` : ''}${correct} of ${total} right (${(100 * accuracy).toFixed(2)}%)`,
    ),
    textElement('text', { x: left, y: header + 2, 'font-weight': 600 }, 'predicted class'),
    textElement(
      'text',
      {
        transform: `translate(${36} ${(top + (size * cell) / 2).toFixed(2)}) rotate(-90)`,
        'text-anchor': 'middle',
        'font-weight': 600,
      },
      'true class',
    ),
    textElement('text', { x: right + 14, y: top + size * cell + 20, fill: theme.muted }, 'found'),
    ...columnNames,
    ...classNames.map((name, row) =>
      textElement('text', { x: left - 10, y: top + centre(row) + 4.5, 'text-anchor': 'end' }, name),
    ),
    ...cells,
    ...rows.map(({ recall }, row) =>
      textElement(
        'text',
        { x: right + 14, y: top + centre(row) + 4.5, fill: theme.muted },
        `${(100 * recall).toFixed(1)}%`,
      ),
    ),
    ...legend(left, top + size * cell + 52),
  );
}

/** A strip from 0% to 100% of a row, as the cells are shaded. */
function legend(left: number, top: number): string[] {
  const width = 240;
  const steps = 60;
  return [
    textElement('text', { x: left, y: top, fill: theme.muted }, 'share of the row'),
    ...Array.from({ length: steps }, (_, step) =>
      element('rect', {
        x: left + (step * width) / steps,
        y: top + 8,
        width: width / steps + (step < steps - 1 ? 0.5 : 0),
        height: 12,
        fill: shadeOf(((step + 0.5) / steps) ** 2),
      }),
    ),
    ...[0, 0.05, 0.25, 0.5, 1].map((share) =>
      textElement(
        'text',
        { x: left + Math.sqrt(share) * width, y: top + 36, 'text-anchor': 'middle', fill: theme.muted },
        `${100 * share}%`,
      ),
    ),
  ];
}

/**
 * By the square root of the share, so that the few mistakes of a good classifier are still told apart; the darkest
 * part of the scale is left out, so that white figures keep their contrast.
 */
function shadeOf(share: number): string {
  return interpolateBlues(0.04 + 0.86 * Math.sqrt(share));
}

/** White or dark, whichever stands out more (WCAG's relative luminance). */
function legible(background: string): string {
  const { r, g, b } = rgb(background);
  const [red, green, blue] = [r, g, b].map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.0631 ? '#ffffff' : theme.ink;
}
