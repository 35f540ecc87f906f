import { CommanderError } from 'commander';

/** The work was stopped from outside; what could be saved has been. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  /** As shells give it: 128 and the signal's number. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What to write on standard error, and with which code to exit. */
export interface Failure {
  /** Empty where everything has been said already. */
  readonly message: string;
  readonly exitCode: number;
}

/** Turns whatever was thrown into one sentence and an exit code; with `verbose` the stack follows. */
export function describeFailure(error: unknown, { verbose }: { verbose: boolean }): Failure {
  // Commander has written its own sentence (or the help that was asked for).
  if (error instanceof CommanderError) return { message: '', exitCode: error.exitCode };
  const exitCode = error instanceof InterruptedError ? error.exitCode : 1;
  if (!(error instanceof Error)) return { message: `flambeau: ${String(error)}`, exitCode };
  const sentence = `flambeau: ${error.message.replace(/\s*\n\s*/g, ' ')}`;
  if (verbose) return { message: `${sentence}\n${stacks(error)}`, exitCode };
  // A mistake of ours rather than of whoever typed the command: how to see more belongs to the sentence.
  const isOurs = error instanceof TypeError || error instanceof ReferenceError;
  return { message: isOurs ? `${sentence} (--verbose shows where)` : sentence, exitCode };
}

function stacks(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stacks(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
