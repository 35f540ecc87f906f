/**
 * A text that grows by lines and outlives the process: in Node a file (`fileLog` of `@flambeau/core/node`), in a browser
 * whatever keeps text.
 */
export interface TextLog {
  /** How messages call it. */
  readonly name: string;
  /** All that is there; the empty text where there is nothing yet. */
  read(): Promise<string>;
  /** Adds to the end. */
  append(text: string): Promise<void>;
  /** Puts `text` in the place of all that is there, whole or not at all. */
  replace(text: string): Promise<void>;
}

export interface LogOptions {
  /**
   * What becomes of a log that holds epochs already when a run begins at its very beginning: an error, so that no run's
   * figures are lost, or `true` to replace them. Default: false.
   */
  readonly overwrite?: boolean;
}

/**
 * Cuts a log back to where a run stands: what was written after the state that a run goes on from will be written again.
 *
 * @param keep - says of a line whether it is to stay, given how many epochs the run has done.
 */
export async function rewind(
  log: TextLog,
  { epoch, step }: { readonly epoch: number; readonly step: number },
  { overwrite = false }: LogOptions,
  keep: (line: string, epoch: number) => boolean,
  isEpoch: (line: string) => boolean,
): Promise<string[]> {
  const text = await log.read();
  // What a killed process wrote last may end in the middle of a line.
  const lines = text.split('\n').filter((line) => line !== '');
  if (epoch === 0 && step === 0 && !overwrite && lines.some(isEpoch)) {
    throw new Error(`${log.name} holds another run's epochs: give a new file, or { overwrite: true }`);
  }
  return lines.filter((line) => keep(line, epoch));
}
