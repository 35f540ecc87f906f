import { Option } from 'commander';
import { parseCount } from './numbers.ts';

/** Options that several commands share, made anew for each. */
export const shared = {
  json: () => new Option('--json', 'print one JSON object a line on standard output and nothing else there'),
  quiet: () => new Option('--quiet', 'print results only: no progress, no notices'),
  verbose: () => new Option('--verbose', 'with an error, print where it came from'),
  dataDir: () =>
    new Option(
      '--data-dir <dir>',
      'folder with the official files, or with folders named after the data sets (also FLAMBEAU_DATA)',
    ),
  offline: () =>
    new Option('--offline', 'download nothing: without the data set on this machine, use the shipped sample'),
  backend: () =>
    new Option('--backend <name>', 'where to compute: auto, webgpu, node-gpu, simd, node, wasm or cpu').default('auto'),
  key: () => new Option('--key <name>', 'where a .pt checkpoint keeps its state dict (state_dict, model, …)'),
  threads: () => new Option('--threads <n>', 'threads of a CPU backend').argParser(parseCount),
};

/** What a command that writes to the terminal is told. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What a command that reads a checkpoint is told. */
export interface CheckpointChoice {
  readonly key?: string;
}

/** What a command that computes is told. */
export interface BackendChoice {
  readonly backend: string;
  readonly threads?: number;
}

/** What a command that reads a data set is told. */
export interface DataChoice {
  readonly dataDir?: string;
  readonly offline?: boolean;
}
