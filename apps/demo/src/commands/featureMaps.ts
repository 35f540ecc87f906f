import { Command } from 'commander';
import { parseIndex } from '../commandLine/numbers.ts';
import {
  type BackendChoice,
  type CheckpointChoice,
  type DataChoice,
  type OutputOptions,
  shared,
} from '../commandLine/options.ts';

interface FeatureMapsOptions extends BackendChoice, CheckpointChoice, DataChoice, OutputOptions {
  readonly index: number;
  readonly out?: string;
}

export function featureMapsCommand(): Command {
  return new Command('feature-maps')
    .description('pictures of what the convolutions make of a test image, and of their filters')
    .argument('<checkpoint>', 'a state dict: safetensors, of a run folder or written by PyTorch, or a .pt file')
    .option('--index <n>', 'which test image', parseIndex, 0)
    .option('--out <dir>', 'folder for the pictures (default: feature-maps in the run folder, or here)')
    .addOption(shared.key())
    .addOption(shared.backend())
    .addOption(shared.threads())
    .addOption(shared.dataDir())
    .addOption(shared.offline())
    .addOption(shared.json())
    .addOption(shared.quiet())
    .addOption(shared.verbose())
    .action(async (checkpoint: string, options: FeatureMapsOptions) => {
      const [{ loadCheckpoint, runFolderOf }, { loadData }, { createOutput }, { drawFeatures }, { join }] =
        await Promise.all([
          import('../training/checkpoint.ts'),
          import('../training/loadData.ts'),
          import('../console/output.ts'),
          import('../training/drawFeatures.ts'),
          import('node:path'),
        ]);
      const output = createOutput(options);
      const { model, dataset } = await loadCheckpoint(checkpoint, options);
      const { test, classes, title } = await loadData(output, dataset, options);
      const folder = options.out ?? join(runFolderOf(checkpoint) ?? '.', 'feature-maps');
      const drawn = await drawFeatures(model, test, { index: options.index, classes, title, folder });
      output.event({ event: 'feature-maps', index: options.index, ...drawn });
      output.result(
        `test image ${options.index} (${drawn.label}) is taken for: ${drawn.prediction}\n${drawn.files.join('\n')}`,
      );
    });
}
