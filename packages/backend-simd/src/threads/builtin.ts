/** The part of Node's modules that this package uses where they are there. */
interface Builtins {
  'node:worker_threads': {
    Worker: new (
      source: string,
      options: { eval: true; workerData: unknown; execArgv: string[]; env: Record<string, string>; name: string },
    ) => NodeWorker;
  };
  'node:os': { availableParallelism(): number };
  'node:v8': { setFlagsFromString(flags: string): void };
}

export interface NodeWorker {
  on(event: 'error', listener: (error: unknown) => void): void;
  on(event: 'exit', listener: (code: number) => void): void;
  unref(): void;
  terminate(): unknown;
}

/** A module of Node's, at once and without an import that bundlers for browsers would stumble over; undefined elsewhere. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: Name): Builtins[Name] | undefined };
  };
  return process?.getBuiltinModule?.(name);
}
