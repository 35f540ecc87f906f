import { imageDatasets } from '@flambeau/datasets';
import { type LoadedImages, loadImageDataset } from '@flambeau/datasets/node';
import type { DataChoice } from '../commandLine/options.ts';
import type { Output } from '../console/output.ts';
import { downloadBar } from '../data/downloadBar.ts';

/** An image data set in memory, and how people call it. */
export interface LoadedData extends LoadedImages {
  readonly title: string;
}

/**
 * Loads an image data set, shows a download where there is one, and says where the data came from.
 *
 * @param name - of one of the image data sets ("mnist").
 */
export async function loadData(
  output: Output,
  name: string,
  { dataDir, offline = false, limit, signal }: DataChoice & { limit?: number; signal?: AbortSignal },
): Promise<LoadedData> {
  const declaration = imageDatasets.find((dataset) => dataset.name === name);
  if (declaration === undefined) {
    const known = imageDatasets.map((dataset) => dataset.name).join(', ');
    throw new Error(`there is no image data set '${name}', expected one of ${known}`);
  }
  const bar = downloadBar(output);
  try {
    const loaded = await loadImageDataset(declaration, {
      dataDir,
      download: !offline,
      limit,
      signal,
      onProgress: bar.onProgress,
    });
    bar.stop();
    // That it is a part only must be seen even by who wants no notices.
    if (loaded.source.isComplete) output.say(loaded.source.sentence);
    else output.warn(loaded.source.sentence);
    return { ...loaded, title: declaration.title };
  } finally {
    bar.stop();
  }
}
