import { writeFileAtomic } from '@flambeau/core/node';
import {
  decisiveNgrams,
  type Explanation,
  explanationToAnsi,
  explanationToHtml,
  type Prediction,
  type TextClassifier,
} from '@flambeau/text';
import type { BackendChoice, CheckpointChoice, OutputOptions } from '../commandLine/options.ts';
import { count } from '../console/amounts.ts';
import { createOutput, type Output } from '../console/output.ts';
import { chunksOf, linesOf } from './lines.ts';
import { loadClassifier } from './sentimentCheckpoint.ts';

export interface SentimentOptions extends BackendChoice, CheckpointChoice, OutputOptions {
  readonly html?: string;
}

/** Lines that are judged together: enough to fill batches of like lengths, and few enough to be answered soon. */
const linesAtOnce = 1024;

/** `flambeau sentiment CHECKPOINT TEXT …`: each text's class, its probability, and the n-grams that decided. */
export async function sentimentTexts(
  checkpoint: string,
  texts: readonly string[],
  options: SentimentOptions,
): Promise<void> {
  const output = createOutput(options);
  const fromInput = texts.includes('-');
  if (fromInput && texts.length > 1) throw new Error("'-' reads texts from standard input: give no others beside it");
  if (fromInput && options.html !== undefined) {
    throw new Error('--html explains texts of the command line, not of standard input');
  }
  const classifier = await loadClassifier(checkpoint, options);
  if (fromInput) return judgeLines(classifier, output, process.stdin);
  // Before any is answered: a text that can't be judged is a mistake of the command.
  for (const [index, text] of texts.entries()) {
    const refusal = classifier.refusal(text);
    if (refusal !== undefined) {
      throw new Error(texts.length === 1 ? refusal : `text ${index + 1} of ${texts.length}: ${refusal}`);
    }
  }
  const predictions = await classifier.predict(texts);
  const explanations: Explanation[] = [];
  for (const [index, prediction] of predictions.entries()) {
    const text = texts[index]!;
    const explanation = await classifier.explain(text);
    explanations.push(explanation);
    output.event({ ...answerOf(prediction), text, ngrams: decisiveNgrams(explanation) });
    if (index > 0) output.result('');
    output.result(explanationToAnsi(explanation, { width: process.stdout.columns, color: hasColors() }).trimEnd());
    warnOfUnknown(output, prediction);
  }
  if (options.html !== undefined) {
    await writeFileAtomic(options.html, explanationToHtml(explanations, { title: 'Sentiment' }));
    output.say(`\nexplanation in ${options.html}`);
  }
}

/** One answer a line, in the lines' order; a line that can't be judged is answered with the reason. */
async function judgeLines(
  classifier: TextClassifier,
  output: Output,
  input: AsyncIterable<Uint8Array | string>,
): Promise<void> {
  let refused = 0;
  let lines = 0;
  for await (const chunk of chunksOf(linesOf(input), linesAtOnce)) {
    const refusals = chunk.map((text) => classifier.refusal(text));
    const judged = chunk.filter((_, index) => refusals[index] === undefined);
    const predictions = judged.length > 0 ? await classifier.predict(judged) : [];
    let next = 0;
    for (const refusal of refusals) {
      lines++;
      if (refusal === undefined) {
        const prediction = predictions[next++]!;
        output.event(answerOf(prediction));
        output.result(`${prediction.label}\t${prediction.probability.toFixed(4)}`);
      } else {
        refused++;
        output.event({ event: 'sentiment', label: null, probability: null, refusal });
        output.result(`-\t${refusal}`);
      }
    }
  }
  if (lines === 0) throw new Error('standard input holds no text: expected one a line');
  if (refused > 0) output.warn(`${count(refused)} of ${count(lines)} lines could not be judged`);
}

function answerOf({ label, probability, words, knownWords }: Prediction) {
  return { event: 'sentiment', label, probability, words, knownWords };
}

function warnOfUnknown(output: Output, { words, knownWords }: Prediction): void {
  if (knownWords > 0) return;
  const what = words === 1 ? 'its one word is' : `none of its ${count(words)} words is`;
  output.warn(`${what} in the vocabulary: the answer says how the model leans, not what the text says`);
}

function hasColors(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}
