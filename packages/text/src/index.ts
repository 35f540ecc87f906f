export { BucketBatchSampler, type BucketBatchSamplerOptions } from './batching/bucketBatchSampler.ts';
export { EncodedTexts, type EncodedTextsOptions } from './batching/encodedTexts.ts';
export { type PadSequencesOptions, padSequences } from './batching/padSequences.ts';
export { TokenizedTexts } from './batching/tokenizedTexts.ts';
export { wordDropout } from './batching/wordDropout.ts';
export { type Blend, fitBlend } from './classifier/blend.ts';
export {
  type ClassifierOptions,
  type ClassifierState,
  classifierMetadata,
  classifierOfState,
  classifierState,
} from './classifier/classifierState.ts';
export {
  type ClassifierEvaluation,
  type Prediction,
  TextClassifier,
  type TextClassifierParts,
} from './classifier/textClassifier.ts';
export { type AnsiOptions, explanationToAnsi } from './explanation/ansi.ts';
export { type DecisiveNgram, decisiveNgrams } from './explanation/decisiveNgrams.ts';
export type { Explanation, NgramEvidence, WordEvidence } from './explanation/explanation.ts';
export { explanationToHtml, type HtmlOptions } from './explanation/html.ts';
export { explanationToSvg, type SvgOptions } from './explanation/svg.ts';
export {
  type EmbeddingMatrix,
  type EmbeddingMatrixOptions,
  embeddingMatrix,
  type WordVectors,
} from './models/embeddingMatrix.ts';
export { TextCnn, type TextCnnOptions, type TextCnnVariant } from './models/textCnn.ts';
export { recipeNamed, recipes, type ScheduleOptions, type TextRecipe } from './recipes/recipe.ts';
export { finishTraining, prepareTraining, type TextTraining, type TrainingInput } from './recipes/training.ts';
export { TextError } from './textError.ts';
export { cleanText } from './tokenizers/cleanText.ts';
export { englishTokenizer } from './tokenizers/english.ts';
export { getTokenizer, nameOfTokenizer, type Tokenizer, type TokenizerName } from './tokenizers/tokenizer.ts';
export { whitespaceTokenizer } from './tokenizers/whitespace.ts';
export { type BuildVocabOptions, buildVocab, PADDING, UNKNOWN, Vocab, vocabOfCounts } from './vocab/vocab.ts';
export { parseVocab, serializeVocab } from './vocab/vocabFile.ts';
export { type NgramContribution, WideNgrams, type WideNgramsOptions } from './wide/wideNgrams.ts';
