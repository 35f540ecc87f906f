import {
  accuracyByLength,
  evaluateSequences,
  type LengthAccuracy,
  type SequenceEvaluation,
  type Translation,
  type Translator,
} from '@flambeau/attention';
import { count, percent } from '../console/amounts.ts';
import { formatTable } from '../console/table.ts';
import type { TestSequence } from './sequenceData.ts';
import { joinTokens, type SequenceTask } from './sequenceTask.ts';

/** What a model makes of the test set, and how right it is. */
export interface TranslatorEvaluation extends SequenceEvaluation {
  readonly translations: readonly Translation[];
  /** As {@link SequenceEvaluation.byLength}, with lengths together where there are many: for a table. */
  readonly byLengths: readonly LengthAccuracy[];
}

/** A table has at most so many rows. */
const mostRows = 12;

/** Translates every test sequence as the checkpoint decodes, and compares with what is right. */
export async function evaluateTranslator(
  translator: Translator,
  task: SequenceTask,
  test: readonly TestSequence[],
  signal?: AbortSignal,
): Promise<TranslatorEvaluation> {
  const translations = await translator.translate(
    test.map(({ source }) => source),
    { signal },
  );
  const examples = test.map((example, index) => ({ ...example, hypothesis: translations[index]!.words }));
  const characters = task.task === 'dates';
  const evaluation = evaluateSequences(examples, characters ? { separator: '', bleu: { tokenize: 'char' } } : {});
  const { byLength } = evaluation;
  const byLengths = byLength.length > mostRows ? accuracyByLength(examples, { bucketWidth: 5 }) : byLength;
  return { ...evaluation, byLengths, translations };
}

/** The figures of an evaluation, as events tell them. */
export function evaluationFigures({ bleu, chrf, sequenceAccuracy, tokenAccuracy, byLength }: SequenceEvaluation) {
  return {
    testAccuracy: sequenceAccuracy,
    testTokenAccuracy: tokenAccuracy,
    testBleu: bleu.score,
    bleuSignature: bleu.signature,
    testChrf: chrf,
    byLength,
  };
}

/** Figures, the table of lengths and some examples, for people. */
export function evaluationReport(
  task: SequenceTask,
  evaluation: TranslatorEvaluation,
  test: readonly TestSequence[],
): string {
  const { bleu, chrf, sequenceAccuracy, tokenAccuracy, byLengths, translations } = evaluation;
  const rows = byLengths.map((bucket) => [
    bucket.from === bucket.to ? String(bucket.from) : `${bucket.from}–${bucket.to}`,
    count(bucket.count),
    percent(bucket.sequenceAccuracy),
    percent(bucket.tokenAccuracy),
  ]);
  const examples = translations.slice(0, 5).map(({ words }, index) => {
    const { source, references } = test[index]!;
    const right = references.map((reference) => joinTokens(task, reference));
    return `  ${joinTokens(task, source)}\n    = ${right.join(' / ')}\n    < ${joinTokens(task, words)}`;
  });
  return [
    `test: ${percent(sequenceAccuracy)} exactly right, ${percent(tokenAccuracy)} of tokens, BLEU ${bleu.score.toFixed(2)} ` +
      `(${bleu.signature}), chrF ${chrf.toFixed(2)}, ${count(test.length)} sources`,
    '',
    formatTable(['length', 'sources', 'exactly right', 'tokens right'], rows, { right: [0, 1, 2, 3] }),
    '',
    'source, = expected, < written:',
    ...examples,
  ].join('\n');
}
