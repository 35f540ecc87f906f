import type { RunConfig } from '../runs/runConfig.ts';
import type { RunFolder } from '../runs/runFolder.ts';
import type { TrainOptions } from './trainOptions.ts';

/** A run to go on with. */
export interface ResumedRun {
  readonly run: RunFolder;
  readonly config: RunConfig;
}

/** What a task is told beside what was typed. */
export interface TrainContext {
  /** Draw feature maps at the end, too: the main job. */
  readonly showFeatures?: boolean;
  readonly resume?: ResumedRun;
}

/** Trains and keeps what it finds in a run folder. */
export type Train = (task: string, options: TrainOptions, context: TrainContext) => Promise<void>;

/** What `flambeau train` can be told to train. */
export interface Task {
  readonly name: string;
  /** What it is about, for `--help`. */
  readonly title: string;
  /** Its program, loaded when it is run. */
  load(): Promise<Train>;
}

const images = async () => (await import('./trainImages.ts')).trainImages;

/** Every task, in the order of `--help`. */
export const tasks: readonly Task[] = [
  { name: 'fashion-mnist', title: 'FashionMNIST, articles of clothing', load: images },
  { name: 'mnist', title: 'MNIST, handwritten digits', load: images },
  { name: 'kmnist', title: 'KMNIST, cursive Japanese characters', load: images },
];

/** The task called `name`, if there is one. */
export function taskNamed(name: string): Task | undefined {
  return tasks.find((task) => task.name === name);
}
