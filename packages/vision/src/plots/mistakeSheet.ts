import type { HostArray } from '@flambeau/core';
import { colorize } from '../images/colorMap.ts';
import type { Mistake } from '../metrics/mostConfidentlyWrong.ts';
import { tileSheet } from './tileSheet.ts';

/** How the mistakes are titled and laid out. */
export interface MistakeSheetOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** Images in a row. Default 5. */
  readonly columns?: number;
}

/**
 * Mistakes as one labelled SVG document: each image, what it is, and what it was taken for, how surely.
 *
 * @param image - the image of a mistake, grey, `[1, H, W]` in 0…1.
 * @param classes - the classes' names.
 * @throws RangeError if there is no mistake to show.
 *
 * @example
 * ```ts
 * const mistakes = await mostConfidentlyWrong(model, loader, { count: 20 });
 * await writeFile('wrong.svg', mistakeSheet(mistakes, ({ index }) => test.get(index)[0], classes));
 * ```
 */
export function mistakeSheet(
  mistakes: readonly Mistake[],
  image: (mistake: Mistake) => HostArray<'float32'>,
  classes: readonly string[],
  options: MistakeSheetOptions = {},
): string {
  if (mistakes.length === 0) throw new RangeError('mistakeSheet: expected at least one mistake, got none');
  const { title = 'Most confidently wrong', subtitle, columns = 5 } = options;
  const tiles = mistakes.map((mistake) => {
    const { shape, data } = image(mistake);
    const [height, width] = shape.slice(-2) as [number, number];
    return colorize(data, width, height, { range: { low: 0, high: 1 } });
  });
  const names = mistakes.map(({ label, predicted }) => [classes[label]!, classes[predicted]!] as const);
  return tileSheet(tiles, {
    title,
    subtitle,
    columns: Math.min(columns, mistakes.length),
    scale: 6,
    captions: mistakes.map(
      ({ index, probability }, i) =>
        `image ${index}: ${names[i]![0]}\ntaken for ${names[i]![1]}\nat ${(100 * probability).toFixed(2)}%`,
    ),
    description: `Images that the model gets wrong and is surest of. ${mistakes
      .map(
        ({ index, probability }, i) =>
          `Image ${index} is ${names[i]![0]}, taken for ${names[i]![1]} at ${(100 * probability).toFixed(2)}%.`,
      )
      .join(' ')}`,
  });
}
