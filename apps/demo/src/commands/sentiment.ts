import { Command } from 'commander';
import { shared } from '../commandLine/options.ts';
import type { SentimentOptions } from '../sentiment/sentimentTexts.ts';

export function sentimentCommand(): Command {
  return new Command('sentiment')
    .description('whether texts are positive or negative, how surely, and the n-grams that decided')
    .argument('<checkpoint>', 'weights of a run folder: runs/imdb/1/weights/best.safetensors')
    .argument('<text...>', "what to judge; '-' reads one text a line from standard input")
    .option('--html <file>', 'write the explanation there, as a page of its own')
    .addOption(shared.backend())
    .addOption(shared.threads())
    .addOption(shared.json())
    .addOption(shared.quiet())
    .addOption(shared.verbose())
    .action(async (checkpoint: string, texts: string[], options: SentimentOptions) => {
      const { sentimentTexts } = await import('../sentiment/sentimentTexts.ts');
      await sentimentTexts(checkpoint, texts, options);
    });
}
