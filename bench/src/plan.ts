/** What a run of the benchmark is to do; the parts share it. */
export interface Plan {
  /** A run of some five minutes, for a look. */
  readonly quick: boolean;
  /** A Python that has torch. */
  readonly torch?: string;
  /** Where `@tensorflow/tfjs-node` is installed, where it is not among this project's packages. */
  readonly tfjsNode?: string;
  /** Where `onnxruntime-node` is installed, where it is not among this project's packages. */
  readonly onnxruntime?: string;
  /** Which Chromium to run, where it is not the first one on the PATH. */
  readonly chromium?: string;
  readonly dataDir?: string;
  /** Numbers of threads, each a contestant. */
  readonly threads: readonly number[];
  /** Rounds of every part; each part's own number where it is missing. */
  readonly rounds?: number;
  /** Tells the user something that the figures do not. It is kept with the results. */
  say(sentence: string): void;
  /** Tells how far the run has come; not kept. */
  progress(sentence: string): void;
}
