import { ASLEEP, Control, JOINING, type KernelFunction, SIGNAL, type Task, UNCLAIMED, UNFINISHED } from './control.ts';
import { SimdThreadError } from './simdThreadError.ts';
import { type SpawnedWorker, spawn } from './spawn.ts';

/** How often the calling thread looks whether all is done before it sleeps: some 60 µs. */
const LOOKS = 2000;
/** How long it sleeps at most before it counts that as one span of waiting. */
const SPAN_MS = 50;

export interface ThreadPoolOptions {
  /** With the calling thread. */
  threads: number;
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** The calling thread's own instance. */
  functions: readonly KernelFunction[];
  /**
   * Whether the calling thread, when it is done, takes parts over that their workers haven't begun (they are starting, or
   * wake up late). Not in tests, which would hardly see a worker run. Default: true.
   */
  takesOver?: boolean;
  /** How long a part may take after the calling thread's own is done. Default: 20 s, or ten times what its own took. */
  patienceMs?: number;
}

/**
 * Workers that run parts of a kernel beside the calling thread (fork–join). They start with the first kernel that is cut.
 *
 * The parts are cut by sizes and the number of threads alone, and each part is the same computation whichever thread runs
 * it: so numbers don't depend on timing.
 */
export class ThreadPool {
  private readonly options: ThreadPoolOptions;
  private readonly control = new Control();
  private workers: SpawnedWorker[] | undefined;
  private broken: string | undefined;

  constructor(options: ThreadPoolOptions) {
    this.options = options;
  }

  /** @throws SimdThreadError if a worker has ended or got stuck */
  assertWhole(): void {
    if (this.broken !== undefined) throw new SimdThreadError(this.broken);
  }

  /** Runs every part of a kernel and returns when all are done. */
  run(task: Task): void {
    this.assertWhole();
    this.workers ??= this.start();
    const { control } = this;
    const { words } = control;
    const parts = task.bounds.length - 1;
    control.write(task);
    Atomics.store(words, UNFINISHED, parts);
    Atomics.store(words, UNCLAIMED, (2 ** parts - 2) | 0);
    Atomics.add(words, SIGNAL, 1);
    if (Atomics.load(words, ASLEEP) > 0) Atomics.notify(words, SIGNAL);

    const start = performance.now();
    this.runOwnParts(parts);
    this.join(performance.now() - start);
    const failure = control.readFailure();
    if (failure !== undefined) throw this.breakDown(`A kernel failed on a thread of the simd backend: ${failure}.`);
  }

  /** Ends the workers. The pool can't be used any more. */
  dispose(): void {
    this.broken ??= 'The simd backend has been disposed of.';
    for (const worker of this.workers ?? []) worker.terminate();
    this.workers = [];
  }

  private start(): SpawnedWorker[] {
    const { threads, module, memory } = this.options;
    const workers: SpawnedWorker[] = [];
    for (let part = 1; part < threads; part++) {
      const ended = (reason: string) => {
        if (this.broken === undefined) this.breakDown(`A thread of the simd backend is gone: ${reason}.`);
      };
      workers.push(spawn({ module, memory, control: this.control.buffer, part }, ended));
    }
    return workers;
  }

  /** Runs the first part, then those that no worker has begun. */
  private runOwnParts(parts: number): void {
    const { control } = this;
    const { functions, takesOver = true } = this.options;
    control.runAndFinish(functions, 0);
    if (!takesOver) return;
    for (let part = 1; part < parts; part++) if (control.claim(part)) control.runAndFinish(functions, part);
  }

  private join(ownMs: number): void {
    const { words } = this.control;
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(words, UNFINISHED) === 0) return;
    const patienceMs = this.options.patienceMs ?? Math.max(20_000, 10 * ownMs);
    // Spans are counted, not the clock: a process that was stopped, or a machine that slept, has lost one span.
    let spans = Math.ceil(patienceMs / SPAN_MS);
    Atomics.store(words, JOINING, 1);
    for (let left = Atomics.load(words, UNFINISHED); left > 0; left = Atomics.load(words, UNFINISHED)) {
      if (Atomics.wait(words, UNFINISHED, left, SPAN_MS) === 'timed-out' && --spans <= 0) {
        throw this.breakDown(
          `A thread of the simd backend has not answered for ${patienceMs / 1000} s: it has died or got stuck.`,
        );
      }
    }
    Atomics.store(words, JOINING, 0);
  }

  /** From here on every kernel is refused: a part may be missing, or still be written. */
  private breakDown(sentence: string): SimdThreadError {
    this.broken = sentence;
    for (const worker of this.workers ?? []) worker.terminate();
    return new SimdThreadError(sentence);
  }
}
