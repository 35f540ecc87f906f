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
  /** The folder to be given to `--resume`, where it is not the run's own. */
  readonly resumeAs?: string;
}

/** Trains and keeps what it finds in a run folder. */
export type Train = (task: string, options: TrainOptions, context: TrainContext) => Promise<void>;

/** What `flambeau train` can be told to train. */
export interface Task {
  readonly name: string;
  /** What it is about, for `--help`. */
  readonly title: string;
  /** Options that not every task has and this one understands, as in `attention`. */
  readonly options?: readonly string[];
  /** Its program, loaded when it is run. */
  load(): Promise<Train>;
}

const images = async () => (await import('./trainImages.ts')).trainImages;

const sentiment = async () => (await import('../sentiment/trainSentiment.ts')).trainSentiment;
const sequences = async () => (await import('../sequences/trainSequences.ts')).trainSequences;
const translationOptions = ['direction', 'pairs', 'columns', 'raw', 'attention'];

/** Every task, in the order of `--help`. */
export const tasks: readonly Task[] = [
  { name: 'fashion-mnist', title: 'FashionMNIST, articles of clothing', load: images },
  { name: 'mnist', title: 'MNIST, handwritten digits', load: images },
  { name: 'kmnist', title: 'KMNIST, cursive Japanese characters', load: images },
  { name: 'imdb', title: 'IMDB, the sentiment of film reviews', options: ['vectors'], load: sentiment },
  { name: 'translation', title: 'French to English', options: translationOptions, load: sequences },
  { name: 'reverse', title: 'sequences backwards', options: ['attention'], load: sequences },
  { name: 'copy', title: 'sequences as they are', options: ['attention'], load: sequences },
  { name: 'sort', title: 'sequences in order', options: ['attention'], load: sequences },
  { name: 'dates', title: 'human-readable dates to ISO 8601', options: ['attention'], load: sequences },
];

/** The task called `name`, if there is one. */
export function taskNamed(name: string): Task | undefined {
  return tasks.find((task) => task.name === name);
}
