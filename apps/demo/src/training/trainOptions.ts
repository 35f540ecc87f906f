import type { BackendChoice, DataChoice, OutputOptions } from '../commandLine/options.ts';

/** What `train` is told on the command line. */
export interface TrainOptions extends BackendChoice, DataChoice, OutputOptions {
  /** Default: `notes`, or the task's only one. */
  readonly recipe?: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly seed: number;
  readonly limit?: number;
  /** Stop after so many epochs in a row without a better accuracy on what is held out. */
  readonly patience?: number;
  readonly out?: string;
  /** Of imdb: what words' vectors begin as. */
  readonly vectors?: 'glove' | 'random';
  /** Of translation: from which language to which, as `fra-eng`. */
  readonly direction?: string;
  /** Of translation: a tab-separated file of one's own. */
  readonly pairs?: string;
  /** Of translation from a file of one's own: its columns of source and target, from 1, as `1,2`. */
  readonly columns?: string;
  /** Of translation: take sentences as they stand. */
  readonly raw?: boolean;
  /** Of sequence to sequence tasks: how the decoder looks at the source, or `both` to compare. */
  readonly attention?: string;
}
