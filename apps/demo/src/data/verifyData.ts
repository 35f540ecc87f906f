import { verifyDataset } from '@flambeau/datasets/node';
import type { OutputOptions } from '../commandLine/options.ts';
import { createOutput } from '../console/output.ts';
import { formatTable } from '../console/table.ts';

/** `flambeau data verify`. */
export async function verifyData(name: string, options: OutputOptions & { dataDir?: string }): Promise<void> {
  const output = createOutput(options);
  const verification = await verifyDataset(name, { dataDir: options.dataDir });
  output.event({ event: 'verification', ...verification });
  output.result(`${name} in ${verification.path}${verification.kind === 'sample' ? ' (the shipped sample)' : ''}`);
  output.result(
    formatTable(
      ['file', 'whole', 'sha256'],
      verification.files.map((file) => [file.name, file.isWhole ? 'yes' : 'no', file.sha256 ?? file.problem ?? '–']),
    ),
  );
  const damaged = verification.files.filter(({ isWhole }) => !isWhole);
  if (damaged.length > 0) {
    throw new Error(`${name} is not whole: ${damaged.map(({ name, problem }) => problem ?? name).join('; ')}`);
  }
}
