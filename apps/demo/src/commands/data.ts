import { Command } from 'commander';
import { type OutputOptions, shared } from '../commandLine/options.ts';

interface DataOptions extends OutputOptions {
  readonly dataDir?: string;
}

const help = 'name of the data set';

function subcommand(name: string): Command {
  return new Command(name).addOption(shared.dataDir()).addOption(shared.json()).addOption(shared.verbose());
}

export function dataCommand(): Command {
  return new Command('data')
    .description('where data sets are, their size, checksums and licence')
    .addCommand(
      subcommand('list')
        .description('every data set, and where it is on this machine')
        .action(async (options: DataOptions) => (await import('../data/listData.ts')).listData(options)),
    )
    .addCommand(
      subcommand('fetch')
        .description('download a data set into the cache, unless it is on this machine')
        .argument('[name]', help, 'fashion-mnist')
        .addOption(shared.quiet())
        .action(async (name: string, options: DataOptions) =>
          (await import('../data/fetchData.ts')).fetchData(name, options),
        ),
    )
    .addCommand(
      subcommand('verify')
        .description('read every file of a data set and compare it with what is published')
        .argument('[name]', help, 'fashion-mnist')
        .action(async (name: string, options: DataOptions) =>
          (await import('../data/verifyData.ts')).verifyData(name, options),
        ),
    );
}
