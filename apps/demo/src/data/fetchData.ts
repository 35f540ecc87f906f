import { fetchDataset } from '@flambeau/datasets/node';
import { onInterrupt } from '../commandLine/interrupt.ts';
import type { OutputOptions } from '../commandLine/options.ts';
import { createOutput } from '../console/output.ts';
import { downloadBar } from './downloadBar.ts';

/** `flambeau data fetch`. */
export async function fetchData(name: string, options: OutputOptions & { dataDir?: string }): Promise<void> {
  const output = createOutput(options);
  const { signal, release } = onInterrupt();
  const bar = downloadBar(output);
  try {
    const source = await fetchDataset(name, { dataDir: options.dataDir, signal, onProgress: bar.onProgress });
    bar.stop();
    output.event({ event: 'data', dataset: name, ...source });
    output.result(source.sentence);
  } finally {
    bar.stop();
    release();
  }
}
