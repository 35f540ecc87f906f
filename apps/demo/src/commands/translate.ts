import { Command } from 'commander';
import { parseCount } from '../commandLine/numbers.ts';
import { shared } from '../commandLine/options.ts';
import type { TranslateOptions } from '../sequences/translateTexts.ts';

export function translateCommand(): Command {
  return new Command('translate')
    .description('translations by a checkpoint, and where it looked for each word')
    .argument('<checkpoint>', 'a state dict of a run folder: runs/translation/1/weights/last.safetensors')
    .argument('<text...>', "what to translate (or to reverse, sort, …); '-' reads one text a line from standard input")
    .option('--beam <n>', "beam size; 1 takes the best word at each step (default: the recipe's)", parseCount)
    .option('--max-length <n>', 'at most so many tokens (default: ten more than the text)', parseCount)
    .option('--svg <file>', 'draw the alignment there; of several texts, each in a file of its own')
    .option('--vocabulary <dir>', "folder with source.json and target.json (default: in the checkpoint's run folder)")
    .addOption(shared.backend())
    .addOption(shared.threads())
    .addOption(shared.json())
    .addOption(shared.quiet())
    .addOption(shared.verbose())
    .action(async (checkpoint: string, texts: string[], options: TranslateOptions) => {
      const { translateTexts } = await import('../sequences/translateTexts.ts');
      await translateTexts(checkpoint, texts, options);
    });
}
