import { createInterface } from 'node:readline';
import { type Alignment, alignmentPlot, alignmentText, type Translation } from '@flambeau/attention';
import { writeFileAtomic } from '@flambeau/core/node';
import type { BackendChoice, CheckpointChoice, OutputOptions } from '../commandLine/options.ts';
import { createOutput, type Output } from '../console/output.ts';
import { type LoadedTranslator, loadTranslator, type VocabularyChoice } from './sequenceCheckpoint.ts';
import { joinTokens, tokenize } from './sequenceTask.ts';

export interface TranslateOptions extends BackendChoice, CheckpointChoice, OutputOptions, VocabularyChoice {
  readonly beam?: number;
  readonly maxLength?: number;
  readonly svg?: string;
}

/** A target is seldom longer than its source by more than this. */
const headroom = 10;

/** `flambeau translate CHECKPOINT TEXT …`: each text's translation, and where the model looked. */
export async function translateTexts(
  checkpoint: string,
  texts: readonly string[],
  options: TranslateOptions,
): Promise<void> {
  const output = createOutput(options);
  const fromInput = texts.includes('-');
  if (fromInput && texts.length > 1) throw new Error("'-' reads texts from standard input: give no others beside it");
  if (fromInput && options.svg !== undefined)
    throw new Error('--svg draws texts of the command line, not of standard input');
  const loaded = await loadTranslator(checkpoint, options);
  if (fromInput) {
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      const translation = await translate(loaded, line, options);
      answer(output, loaded, line, translation);
      output.result(joinTokens(loaded.task, translation.words));
    }
    return;
  }
  for (const [index, text] of texts.entries()) {
    const translation = await translate(loaded, text, options);
    answer(output, loaded, text, translation);
    if (index > 0) output.result('');
    output.result(joinTokens(loaded.task, translation.words));
    if (!isAligned(translation)) continue;
    const width = process.stdout.columns ?? 80;
    output.result(`\n${alignmentText(translation, { width, color: hasColors() }).trimEnd()}`);
    if (options.svg !== undefined) {
      const file = texts.length === 1 ? options.svg : numbered(options.svg, index + 1);
      const title = joinTokens(loaded.task, translation.words);
      await writeFileAtomic(file, alignmentPlot(translation, { title, subtitle: text.trim() }));
      output.say(`\nalignment in ${file}`);
    }
  }
}

async function translate(
  { translator, task, maxLength: usual = 0 }: LoadedTranslator,
  text: string,
  { beam, maxLength }: TranslateOptions,
): Promise<Translation> {
  const tokens = tokenize(task, text);
  const [translation] = await translator.translate([tokens], {
    maxLength: maxLength ?? Math.max(usual, tokens.length + headroom),
    ...(beam !== undefined && { beamSize: beam }),
  });
  return translation!;
}

/** The event of a translation, and what a person should know of it. */
function answer(output: Output, { task }: LoadedTranslator, text: string, translation: Translation): void {
  const { words, source, target, unknownWords, logProbability, finished, attention } = translation;
  output.event({
    event: 'translation',
    text,
    translation: joinTokens(task, words),
    source,
    target,
    unknownWords,
    logProbability,
    finished,
    attention: attention === null ? null : rowsOf(translation as Alignment),
  });
  if (source.length === 1) {
    const why = unknownWords.length > 0 ? 'no word of it is in the vocabulary' : 'there is no word in it';
    output.warn(`nothing to translate in ${JSON.stringify(text.slice(0, 60))}: ${why}`);
  } else if (unknownWords.length > 0) {
    const shown = unknownWords.slice(0, 10).map((word) => JSON.stringify(word.slice(0, 40)));
    const more = unknownWords.length > shown.length ? ` and ${unknownWords.length - shown.length} more` : '';
    output.warn(`not in the vocabulary: ${shown.join(', ')}${more}`);
  }
  if (!finished) output.warn('the translation was cut off before its end: --max-length makes it longer');
}

const isAligned = (translation: Translation): translation is Translation & Alignment =>
  translation.attention !== null && translation.target.length > 0;

/** Rounded to what a float32 holds of a weight. */
function rowsOf({ attention: { data, shape } }: Alignment): number[][] {
  const [rows, columns] = shape as [number, number];
  return Array.from({ length: rows }, (_, row) =>
    Array.from(data.subarray(row * columns, (row + 1) * columns), (weight) => Number(weight.toPrecision(6))),
  );
}

/** `out.svg` → `out-2.svg`. */
function numbered(file: string, number: number): string {
  return /\.svg$/i.test(file) ? file.replace(/\.svg$/i, `-${number}$&`) : `${file}-${number}`;
}

function hasColors(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}
