import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageClassificationDataset } from '@flambeau/datasets';
import {
  colorize,
  featureMapSheet,
  featureMaps,
  filterSheet,
  filters,
  type ImageModel,
  tileSheet,
} from '@flambeau/vision';
import { writePicture } from '../runs/writePicture.ts';

/** Which image, and where its pictures go. */
export interface DrawFeaturesOptions {
  readonly index: number;
  readonly classes: readonly string[];
  /** How people call the data set. */
  readonly title: string;
  readonly folder: string;
}

/** What was drawn. */
export interface DrawnFeatures {
  /** The image's class, and what the model takes it for. */
  readonly label: string;
  readonly prediction: string;
  readonly folder: string;
  /** The PNG files; an SVG of the same name lies beside each. */
  readonly files: string[];
}

/**
 * Draws a test image, what each convolution makes of it, and the filters.
 *
 * @throws RangeError if the test set has no such image.
 */
export async function drawFeatures(
  model: ImageModel,
  test: ImageClassificationDataset,
  { index, classes, title, folder }: DrawFeaturesOptions,
): Promise<DrawnFeatures> {
  if (index >= test.length) {
    throw new RangeError(`there is no test image ${index}, expected 0 to ${test.length - 1}`);
  }
  const [image, target] = test.get(index);
  const [height, width] = test.imageSize;
  const { layers, logits } = await featureMaps(model, image);
  const label = classes[target]!;
  const prediction = classes[logits.indexOf(Math.max(...logits))]!;
  const subtitle = `${title} test image ${index}: ${label}, taken for: ${prediction}`;
  const pictures: Record<string, string> = {
    input: tileSheet([colorize(image.data, width, height, { range: { low: 0, high: 1 } })], {
      title: `${label}, taken for: ${prediction}`,
      subtitle: `${title} test image ${index}, ${height}×${width}`,
      columns: 1,
      scale: 12,
      legend: { colorMap: 'gray', range: { low: 0, high: 1 } },
    }),
    ...Object.fromEntries(layers.map((layer) => [`${layer.layer}-maps`, featureMapSheet(layer, { subtitle })])),
    ...Object.fromEntries((await filters(model)).map((layer) => [`${layer.layer}-filters`, filterSheet(layer)])),
  };
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const [name, svg] of Object.entries(pictures)) files.push(await writePicture(join(folder, name), svg));
  return { label, prediction, folder, files };
}
