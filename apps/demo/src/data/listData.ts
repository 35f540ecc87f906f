import { listDatasets } from '@flambeau/datasets/node';
import type { OutputOptions } from '../commandLine/options.ts';
import { bytes } from '../console/amounts.ts';
import { createOutput } from '../console/output.ts';
import { formatTable } from '../console/table.ts';

/** `flambeau data list`. */
export async function listData(options: OutputOptions & { dataDir?: string }): Promise<void> {
  const output = createOutput(options);
  const found = await listDatasets({ dataDir: options.dataDir });
  for (const status of found) output.event(status);
  output.result(
    formatTable(
      ['data set', 'state', 'size', 'to download', 'licence', 'folder'],
      found.map(({ name, state, bytes: size, downloadBytes, licence, path }) => [
        name,
        state,
        bytes(size),
        downloadBytes === undefined ? '–' : bytes(downloadBytes),
        licence.name,
        path,
      ]),
      { right: [2, 3] },
    ),
  );
}
