/**
 * What a worker runs. scripts/generate.mjs bundles this file to a string: a worker file of its own would have to be found
 * at run time by every bundler and runner.
 */
import { ASLEEP, Control, type KernelFunction, SIGNAL } from './control.ts';

/** What a worker is given to start with. */
export interface WorkerStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: SharedArrayBuffer;
  /** Which part of every kernel is this worker's. */
  part: number;
}

/** How often a worker looks for work before it sleeps: some 3 ms, so that it stays awake through a training step: waking up takes 50 µs and more. */
const LOOKS = 100_000;

function serve({ module, memory, control: buffer, part }: WorkerStart): never {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const functions = Object.values(instance.exports) as KernelFunction[];
  const control = new Control(buffer);
  const { words } = control;
  let seen = 0;
  for (;;) {
    let signal = Atomics.load(words, SIGNAL);
    for (let look = 0; signal === seen && look < LOOKS; look++) signal = Atomics.load(words, SIGNAL);
    if (signal === seen) {
      // Counted before the last look, which `wait` takes: so a signal after that finds someone to wake.
      Atomics.add(words, ASLEEP, 1);
      Atomics.wait(words, SIGNAL, seen);
      Atomics.sub(words, ASLEEP, 1);
      continue;
    }
    seen = signal;
    if (control.claim(part)) control.runAndFinish(functions, part);
  }
}

const scope = globalThis as unknown as {
  process?: { getBuiltinModule?(name: string): { workerData: WorkerStart } };
  onmessage?: (event: { data: WorkerStart }) => void;
};
const node = scope.process?.getBuiltinModule?.('node:worker_threads');
if (node) serve(node.workerData);
else scope.onmessage = ({ data }) => serve(data);
