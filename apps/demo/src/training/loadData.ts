import { type LoadedImages, loadFashionMnist } from '@flambeau/datasets/node';
import type { DataChoice } from '../commandLine/options.ts';
import type { Output } from '../console/output.ts';
import { downloadBar } from '../data/downloadBar.ts';

/** Loads FashionMNIST, shows a download where there is one, and says where the data came from. */
export async function loadData(
  output: Output,
  { dataDir, offline = false, limit, signal }: DataChoice & { limit?: number; signal?: AbortSignal },
): Promise<LoadedImages> {
  const bar = downloadBar(output);
  try {
    const loaded = await loadFashionMnist({
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
    return loaded;
  } finally {
    bar.stop();
  }
}
