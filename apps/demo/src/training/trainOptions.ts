import type { BackendChoice, DataChoice, OutputOptions } from '../commandLine/options.ts';

/** What `train` is told on the command line. */
export interface TrainOptions extends BackendChoice, DataChoice, OutputOptions {
  readonly recipe: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly seed: number;
  readonly limit?: number;
  /** Stop after so many epochs in a row without a better accuracy on what is held out. */
  readonly patience?: number;
  readonly out?: string;
}
