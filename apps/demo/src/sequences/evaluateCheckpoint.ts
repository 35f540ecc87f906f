import type { Safetensors } from '@flambeau/core';
import type { BackendChoice, CheckpointChoice, DataChoice, OutputOptions } from '../commandLine/options.ts';
import { createOutput } from '../console/output.ts';
import { evaluateTranslator, evaluationFigures, evaluationReport } from './evaluateTranslator.ts';
import { loadTranslator, type VocabularyChoice } from './sequenceCheckpoint.ts';
import { loadSequences } from './sequenceData.ts';

/** `flambeau evaluate CHECKPOINT` of a sequence to sequence model: BLEU, exact match, tokens, by length. */
export async function evaluateCheckpoint(
  checkpoint: string,
  options: BackendChoice & CheckpointChoice & DataChoice & OutputOptions & VocabularyChoice,
  weights: Safetensors,
): Promise<void> {
  const output = createOutput(options);
  const { translator, task, attention, recipe, backend } = await loadTranslator(checkpoint, options, weights);
  const { test, kind } = await loadSequences(output, task, options);
  const evaluation = await evaluateTranslator(translator, task, test);
  output.event({
    event: 'evaluation',
    checkpoint,
    task: task.task,
    model: 'Seq2Seq',
    attention,
    recipe,
    backend: backend.name,
    device: backend.device,
    dataSource: kind,
    testExamples: test.length,
    ...evaluationFigures(evaluation),
  });
  output.result(evaluationReport(task, evaluation, test));
}
