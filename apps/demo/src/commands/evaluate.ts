import { Command } from 'commander';
import {
  type BackendChoice,
  type CheckpointChoice,
  type DataChoice,
  type OutputOptions,
  shared,
} from '../commandLine/options.ts';

type EvaluateOptions = BackendChoice & CheckpointChoice & DataChoice & OutputOptions & { readonly vocabulary?: string };

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description(
      'a checkpoint on its test set: loss, accuracy, classes and confusion matrix, or BLEU and accuracy by length',
    )
    .argument('<checkpoint>', 'a state dict: safetensors, of a run folder or written by PyTorch, or a .pt file')
    .addOption(shared.key())
    .option(
      '--vocabulary <dir>',
      "of a translator: folder with its vocabularies (default: in the checkpoint's run folder)",
    )
    .addOption(shared.backend())
    .addOption(shared.threads())
    .addOption(shared.dataDir())
    .addOption(shared.offline())
    .addOption(shared.json())
    .addOption(shared.quiet())
    .addOption(shared.verbose())
    .action(async (checkpoint: string, options: EvaluateOptions) => {
      const { loadWeights } = await import('@flambeau/core/node');
      const weights = await loadWeights(checkpoint, { key: options.key });
      const { isTranslator } = await import('../sequences/sequenceCheckpoint.ts');
      if (isTranslator(weights)) {
        const { evaluateCheckpoint } = await import('../sequences/evaluateCheckpoint.ts');
        return evaluateCheckpoint(checkpoint, options, weights);
      }
      const { isSentiment } = await import('../sentiment/sentimentCheckpoint.ts');
      if (isSentiment(weights)) {
        const { evaluateSentiment } = await import('../sentiment/evaluateSentiment.ts');
        return evaluateSentiment(checkpoint, options, weights);
      }
      const [{ loadCheckpoint }, { loadData }, { createOutput }, { evaluateOnTest, testReport }] = await Promise.all([
        import('../training/checkpoint.ts'),
        import('../training/loadData.ts'),
        import('../console/output.ts'),
        import('../training/evaluateOnTest.ts'),
      ]);
      const output = createOutput(options);
      const { model, entry, dataset } = await loadCheckpoint(checkpoint, options, weights);
      const { test, classes, source } = await loadData(output, dataset, options);
      const evaluation = await evaluateOnTest(model, test);
      output.event({
        event: 'evaluation',
        checkpoint,
        model: entry.name,
        backend: model.backend.name,
        device: model.backend.device,
        dataSource: source.kind,
        testExamples: test.length,
        testLoss: evaluation.loss,
        testAccuracy: evaluation.accuracy,
        classes: evaluation.classes,
        confusion: evaluation.confusion,
      });
      output.result(testReport(evaluation, classes));
    });
}
