import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { parseCount, parseIndex, parsePositive } from '../commandLine/numbers.ts';
import { shared } from '../commandLine/options.ts';
import type { TrainOptions } from '../training/trainOptions.ts';

const tasks: Record<string, string> = {
  'fashion-mnist': 'FashionMNIST, articles of clothing',
  mnist: 'MNIST, handwritten digits',
  kmnist: 'KMNIST, cursive Japanese characters',
  imdb: 'not there yet',
  translation: 'not there yet',
};

/** A task that can be trained; those that the command line will have one day are refused by name. */
function parseTask(text: string): string {
  if (text === 'imdb' || text === 'translation') {
    throw new InvalidArgumentError(`'${text}' is not there yet: this version trains fashion-mnist, mnist and kmnist.`);
  }
  if (!Object.hasOwn(tasks, text)) throw new InvalidArgumentError('Expected fashion-mnist, mnist or kmnist.');
  return text;
}

/** The options of training, for `train` and `demo` alike. */
export function addTrainOptions(command: Command): Command {
  return command
    .option('--recipe <name>', 'model and settings: notes, notes-bn, notes-dropout or best', 'notes')
    .option('--epochs <n>', "passes over the training examples (default: the recipe's)", parseCount)
    .option('--batch-size <n>', "examples in a step (default: the recipe's)", parseCount)
    .option('--lr <x>', "learning rate (default: the recipe's)", parsePositive)
    .option('--seed <n>', 'of weights and order, as torch.manual_seed', parseIndex, 0)
    .option('--limit <n>', 'use the first N training examples only', parseCount)
    .addOption(shared.backend())
    .addOption(shared.threads())
    .addOption(shared.dataDir())
    .addOption(shared.offline())
    .option('--out <dir>', 'run folder, new or empty (default: runs/TASK/N)')
    .addOption(
      new Option(
        '--resume <dir>',
        'go on with the run in this folder, with its own arguments; only a larger --epochs, another --backend, ' +
          '--threads or --data-dir may be given beside it',
      ),
    )
    .addOption(shared.json())
    .addOption(shared.quiet())
    .addOption(shared.verbose());
}

/** The options that were typed, without those that have their default. */
function typedOptions(command: Command): Partial<TrainOptions> {
  const typed = Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(typed) as Partial<TrainOptions>;
}

export function trainCommand(): Command {
  const command = new Command('train')
    .description('train a model and keep weights, figures and plots in a run folder')
    .addArgument(
      new Argument('<task>', 'fashion-mnist, mnist or kmnist (imdb and translation are not there yet)').argParser(
        parseTask,
      ),
    );
  return addTrainOptions(command).action((task: string, options: ResumableOptions) =>
    trainOrResume(command, task, options),
  );
}

type ResumableOptions = TrainOptions & { readonly resume?: string };

/** Begins a run, or with `--resume` goes on with one. */
export async function trainOrResume(
  command: Command,
  task: string,
  options: ResumableOptions,
  showFeatures: { showFeatures?: boolean } = {},
): Promise<void> {
  const { resumeImages, trainImages } = await import('../training/trainImages.ts');
  if (options.resume === undefined) await trainImages(task, options, showFeatures);
  else await resumeImages(task, options.resume, typedOptions(command), showFeatures);
}
