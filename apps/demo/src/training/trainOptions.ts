import type { BackendChoice, DataChoice, OutputOptions } from '../commandLine/options.ts';

/** What `train` is told on the command line. */
export interface TrainOptions extends BackendChoice, DataChoice, OutputOptions {
  readonly recipe: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly seed: number;
  readonly limit?: number;
  readonly out?: string;
}
