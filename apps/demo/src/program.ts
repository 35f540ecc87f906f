import { Command } from 'commander';
import { backendsCommand } from './commands/backends.ts';
import { dataCommand } from './commands/data.ts';
import { demoCommand } from './commands/demo.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { featureMapsCommand } from './commands/featureMaps.ts';
import { sentimentCommand } from './commands/sentiment.ts';
import { summaryCommand } from './commands/summary.ts';
import { trainCommand } from './commands/train.ts';
import { translateCommand } from './commands/translate.ts';

/** The whole command line. Commands load what they need when they run, so that `--help` is quick. */
export function createProgram(): Command {
  const program = new Command('flambeau')
    .description("Deep learning for TypeScript, as PyTorch's readers know it: train, evaluate and look at models.")
    .exitOverride()
    .showSuggestionAfterError();
  for (const command of [
    demoCommand(),
    trainCommand(),
    evaluateCommand(),
    featureMapsCommand(),
    sentimentCommand(),
    translateCommand(),
    summaryCommand(),
    backendsCommand(),
    dataCommand(),
  ]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}
