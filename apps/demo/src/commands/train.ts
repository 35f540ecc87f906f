import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { parseCount, parseIndex, parsePositive } from '../commandLine/numbers.ts';
import { shared } from '../commandLine/options.ts';
import { type Task, type TrainContext, taskNamed, tasks } from '../training/tasks.ts';
import type { TrainOptions } from '../training/trainOptions.ts';

const taskNames = new Intl.ListFormat('en', { type: 'disjunction' }).format(tasks.map(({ name }) => name));

function parseTask(text: string): string {
  if (taskNamed(text) === undefined) throw new InvalidArgumentError(`Expected ${taskNames}.`);
  return text;
}

/** The options of training, for `train` and `demo` alike. */
export function addTrainOptions(command: Command): Command {
  return command
    .option(
      '--recipe <name>',
      'model and settings: notes or best; of images also notes-bn, notes-dropout, of imdb also cnn (default: notes, or the only one)',
    )
    .option('--epochs <n>', "passes over the training examples (default: the recipe's)", parseCount)
    .option('--batch-size <n>', "examples in a step (default: the recipe's)", parseCount)
    .option('--lr <x>', "learning rate (default: the recipe's)", parsePositive)
    .option('--seed <n>', 'of weights and order, as torch.manual_seed', parseIndex, 0)
    .option('--limit <n>', 'use the first N training examples only', parseCount)
    .option('--patience <n>', 'stop after N epochs in a row without a better accuracy on what is held out', parseCount)
    .addOption(
      new Option(
        '--vectors <kind>',
        "of imdb: what words' vectors begin as, GloVe's or random ones (default: glove)",
      ).choices(['glove', 'random']),
    )
    .addOption(
      new Option('--attention <kind>', 'of sequences: both trains with and without, and compares').choices([
        'bahdanau',
        'none',
        'both',
        'luong-dot',
        'luong-general',
        'luong-concat',
      ]),
    )
    .option('--direction <from-to>', 'of translation: fra-eng or eng-fra (default: fra-eng)')
    .option('--pairs <file>', 'of translation: a tab-separated file of your own')
    .option('--columns <source,target>', "with --pairs: which columns, from 1 (default: '1,2')")
    .option('--raw', 'of translation: sentences as they stand, without lower case and a to z only')
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
      new Argument('<task>', tasks.map(({ name, title }) => `${name} (${title})`).join('; ')).argParser(parseTask),
    );
  return addTrainOptions(command).action((task: string, options: ResumableOptions) =>
    trainOrResume(command, task, options),
  );
}

type ResumableOptions = TrainOptions & { readonly resume?: string };

/** Throws for an option that other tasks have and this one does not. */
function refuseForeignOptions(task: Task, typed: Partial<TrainOptions>): void {
  const special = new Set(tasks.flatMap(({ options = [] }) => options));
  const foreign = Object.keys(typed).find((name) => special.has(name) && !task.options?.includes(name));
  if (foreign === undefined) return;
  const having = tasks.filter(({ options }) => options?.includes(foreign)).map(({ name }) => name);
  throw new Error(`--${foreign} is no option of ${task.name}, but of ${having.join(', ')}`);
}

/** Begins a run, or with `--resume` goes on with one. */
export async function trainOrResume(
  command: Command,
  name: string,
  options: ResumableOptions,
  context: Omit<TrainContext, 'resume'> = {},
): Promise<void> {
  const task = taskNamed(name)!;
  refuseForeignOptions(task, typedOptions(command));
  const train = await task.load();
  if (options.resume === undefined) return train(name, options, context);
  const { isComparison, resumeComparison } = await import('../sequences/compareAttention.ts');
  if (await isComparison(options.resume)) {
    return resumeComparison(train, name, options.resume, typedOptions(command));
  }
  const { resumeRun } = await import('../training/resumeRun.ts');
  await resumeRun(train, name, options.resume, typedOptions(command), context);
}
