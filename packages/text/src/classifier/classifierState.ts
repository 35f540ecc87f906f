import type { HostArray, nn } from '@flambeau/core';
import { TextCnn, type TextCnnVariant } from '../models/textCnn.ts';
import { parseJson } from '../parseJson.ts';
import { TextError } from '../textError.ts';
import { getTokenizer, nameOfTokenizer, type Tokenizer } from '../tokenizers/tokenizer.ts';
import { parseVocab, serializeVocab } from '../vocab/vocabFile.ts';
import { WideNgrams } from '../wide/wideNgrams.ts';
import type { Blend } from './blend.ts';
import { TextClassifier } from './textClassifier.ts';

/** A whole classifier in the shape of a safetensors file: arrays by name and words by name. */
export interface ClassifierState {
  /** The CNN's state dict, as PyTorch has it, and the n-grams' under `wide.`. */
  readonly tensors: nn.StateDict;
  /** `model`, `vocab` (JSON) and `classifier` (JSON). */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What the metadata say beside the vocabulary. */
interface Description {
  readonly tokenizer: string;
  readonly labels: readonly string[];
  readonly maxTokens: number | null;
  readonly cnn: {
    readonly variant: TextCnnVariant;
    readonly filterSizes: readonly number[];
    readonly numFilters: number;
    readonly outputDim: number;
    readonly paddingIdx: number;
    readonly embeddingDim: number;
  };
  readonly blend: Blend | null;
}

/** What a tokenizer of the user's own is called in a file. */
const OWN_TOKENIZER = 'custom';
const WIDE = 'wide.';

/**
 * All that a classifier is, its vocabulary too: a file of it predicts on its own, and PyTorch reads the CNN's weights.
 *
 * @param weights - the CNN's state dict, if it is at hand: that of the best epoch, say. Default: what the CNN has now.
 *
 * @example
 * ```ts
 * const { tensors, metadata } = await classifierState(classifier);
 * await saveSafetensors('sentiment.safetensors', Object.entries(tensors), metadata);
 * ```
 */
export async function classifierState(classifier: TextClassifier, weights?: nn.StateDict): Promise<ClassifierState> {
  const { cnn, wide } = classifier;
  const tensors: nn.StateDict = { ...(weights ?? (await cnn.stateDict())) };
  for (const [key, array] of Object.entries(wide?.model.stateDict() ?? {})) tensors[WIDE + key] = array;
  return { tensors, metadata: classifierMetadata(classifier) };
}

/** The words of {@link classifierState}: what a file of weights needs beside them. */
export function classifierMetadata({
  tokenizer,
  vocab,
  cnn,
  labels,
  maxTokens,
  wide,
}: TextClassifier): Record<string, string> {
  const { variant, filterSizes, numFilters, outputDim, paddingIdx, embedding } = cnn;
  const description: Description = {
    tokenizer: nameOfTokenizer(tokenizer) ?? OWN_TOKENIZER,
    labels,
    maxTokens: maxTokens === Number.MAX_SAFE_INTEGER ? null : maxTokens,
    cnn: { variant, filterSizes, numFilters, outputDim, paddingIdx, embeddingDim: embedding.embeddingDim },
    blend: wide?.blend ?? null,
  };
  return { model: 'TextCnn', classifier: JSON.stringify(description), vocab: serializeVocab(vocab) };
}

export interface ClassifierOptions {
  readonly backend?: nn.ModuleOptions['backend'];
  /** The tokenizer of a classifier that was made with one of the user's own. */
  readonly tokenizer?: Tokenizer;
}

/**
 * The classifier of a {@link classifierState}.
 *
 * @throws {TextError} if it is damaged, of another kind, or needs a tokenizer that is not given.
 *
 * @example
 * ```ts
 * const { tensors, metadata } = parseSafetensors(await readFile('sentiment.safetensors'));
 * const classifier = classifierOfState(tensors, metadata);
 * ```
 */
export function classifierOfState(
  tensors: Readonly<nn.StateDict> | ReadonlyMap<string, HostArray>,
  metadata: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
  options: ClassifierOptions = {},
): TextClassifier {
  const arrays = new Map(tensors instanceof Map ? tensors : Object.entries(tensors));
  const words = new Map<string, string>(metadata instanceof Map ? metadata : Object.entries(metadata));
  const description = parseDescription(words.get('classifier'));
  const vocab = parseVocab(words.get('vocab') ?? '');
  const tokenizer =
    options.tokenizer ?? (description.tokenizer === OWN_TOKENIZER ? undefined : getTokenizer(description.tokenizer));
  if (tokenizer === undefined) {
    throw new TextError('the classifier was made with a tokenizer of its own: expected it among the options');
  }
  const wideArrays: Record<string, HostArray> = {};
  const cnnArrays: nn.StateDict = {};
  for (const [key, array] of arrays) {
    if (key.startsWith(WIDE)) wideArrays[key.slice(WIDE.length)] = array;
    else cnnArrays[key] = array;
  }
  const { embeddingDim, ...cnnOptions } = description.cnn;
  const { shape } = cnnArrays['embedding.weight'] ?? { shape: [] };
  if (shape.join() !== `${vocab.length},${embeddingDim}`) {
    throw new TextError(
      `expected embedding.weight of shape [${vocab.length}, ${embeddingDim}], as the vocabulary has it, got [${shape.join(', ')}]`,
    );
  }
  checkShapes(description, cnnArrays);
  if (cnnOptions.paddingIdx >= vocab.length) {
    throw new TextError(`expected the padding among ${vocab.length} words, got ${cnnOptions.paddingIdx}`);
  }
  const hasWide = Object.keys(wideArrays).length > 0;
  if (hasWide !== (description.blend !== null)) {
    throw new TextError(`the classifier ${hasWide ? 'has n-grams, but no blend' : 'has a blend, but no n-grams'}`);
  }
  const wide = description.blend && { model: WideNgrams.fromStateDict(wideArrays), blend: description.blend };
  const cnn = new TextCnn(vocab.length, embeddingDim, { ...cnnOptions, backend: options.backend });
  try {
    cnn.loadStateDict(cnnArrays);
    return new TextClassifier({
      tokenizer,
      vocab,
      cnn,
      labels: description.labels,
      ...(description.maxTokens !== null && { maxTokens: description.maxTokens }),
      ...(wide && { wide }),
    });
  } catch (cause) {
    cnn.dispose();
    throw cause instanceof TextError ? cause : new TextError((cause as Error).message, { cause });
  }
}

/** The layers must be those of the file before any is made: a hostile description asks for no more memory than a file has. */
function checkShapes({ cnn }: Description, arrays: Readonly<nn.StateDict>): void {
  const { filterSizes, numFilters, outputDim, embeddingDim, variant } = cnn;
  const channels = variant === 'multichannel' ? 2 : 1;
  const expected: [key: string, shape: readonly number[]][] = [
    ...filterSizes.map((size, i): [string, readonly number[]] => [
      `convs.${i}.weight`,
      [numFilters, channels, size, embeddingDim],
    ]),
    ['fc.weight', [outputDim, numFilters * filterSizes.length]],
  ];
  for (const [key, shape] of expected) {
    const found = arrays[key]?.shape.join(', ');
    if (found === shape.join(', ')) continue;
    throw new TextError(
      `expected ${key} of shape [${shape.join(', ')}], got ${found === undefined ? 'none' : `[${found}]`}`,
    );
  }
}

/** More than any TextCNN has, so that a hostile file can't ask for all memory. */
const MAX_COUNT = 1_000_000;

function parseDescription(json: string | undefined): Description {
  if (json === undefined) throw new TextError('expected the file of a text classifier, got one without "classifier"');
  const value = parseJson(json, "the classifier's description");
  const fields = (part: unknown): Readonly<Record<string, unknown>> =>
    typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {};
  const whole = (part: unknown, least: number) =>
    Number.isInteger(part) && (part as number) >= least && (part as number) <= MAX_COUNT;
  const { tokenizer, labels, maxTokens, cnn, blend } = fields(value);
  const { variant, filterSizes, numFilters, outputDim, paddingIdx, embeddingDim } = fields(cnn);
  const { cnn: first, wide: second, bias } = fields(blend);
  const sound =
    typeof tokenizer === 'string' &&
    Array.isArray(labels) &&
    labels.every((label) => typeof label === 'string') &&
    (maxTokens === null || whole(maxTokens, 1)) &&
    ['rand', 'static', 'non-static', 'multichannel'].includes(variant as string) &&
    Array.isArray(filterSizes) &&
    filterSizes.length > 0 &&
    filterSizes.every((size) => whole(size, 1) && size <= 100) &&
    whole(numFilters, 1) &&
    whole(outputDim, 1) &&
    whole(paddingIdx, 0) &&
    whole(embeddingDim, 1) &&
    (blend === null || [first, second, bias].every(Number.isFinite));
  if (!sound) throw new TextError("the classifier's description is damaged");
  return value as Description;
}
