import type { OutputOptions } from '../commandLine/options.ts';

/** Where a command's words go. */
export interface Output {
  readonly json: boolean;
  /** Whether a bar may be drawn: standard error is a terminal and nobody asked for quiet. */
  readonly animated: boolean;
  /** A result for people: standard output, unless that belongs to JSON. */
  result(text: string): void;
  /** What is good to know meanwhile: standard output too, standard error with `--json`, nowhere with `--quiet`. */
  say(text: string): void;
  /** What went otherwise than asked: always on standard error. */
  warn(text: string): void;
  /** A result for programs: one line of JSON on standard output with `--json`, else nothing. */
  event(object: object): void;
}

export function createOutput({ json = false, quiet = false }: OutputOptions): Output {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  const err = (text: string) => process.stderr.write(`${text}\n`);
  return {
    json,
    animated: !quiet && process.stderr.isTTY === true,
    result: (text) => {
      if (!json) out(text);
    },
    say: (text) => {
      if (!quiet) (json ? err : out)(text);
    },
    warn: err,
    event: (object) => {
      if (json) out(JSON.stringify(object));
    },
  };
}
