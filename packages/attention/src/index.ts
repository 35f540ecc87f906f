export { BahdanauAttention, type BahdanauAttentionOptions } from './attention/bahdanauAttention.ts';
export { contextVector } from './attention/contextVector.ts';
export { LuongAttention, type LuongAttentionOptions, type LuongScore } from './attention/luongAttention.ts';
export { maskedSoftmax } from './attention/maskedSoftmax.ts';
export type { Attended, Attention, AttentionOptions, Memory } from './attention/memory.ts';
export { type Arrangement, BahdanauDecoder, type BahdanauDecoderOptions } from './decoders/bahdanauDecoder.ts';
export { Decoder, type DecoderOptions, type PlainDecoderOptions } from './decoders/decoder.ts';
export { LuongDecoder, type LuongDecoderOptions } from './decoders/luongDecoder.ts';
export type { Decoded, SequenceDecoder } from './decoders/sequenceDecoder.ts';
export { type BeamSearchOptions, beamSearch } from './decoding/beamSearch.ts';
export type { DecodeOptions, Decoding } from './decoding/decoding.ts';
export { greedyDecode } from './decoding/greedy.ts';
export { type Translation, Translator, type TranslatorOptions } from './decoding/translator.ts';
export { type Encoded, Encoder, type EncoderOptions } from './encoders/encoder.ts';
export type { RecurrentCell, RecurrentState } from './encoders/recurrentState.ts';
export { type BleuOptions, type BleuScore, type BleuSmoothing, corpusBleu, sentenceBleu } from './evaluation/bleu.ts';
export type { BleuTokenizer } from './evaluation/bleuTokenizers.ts';
export { type ChrfOptions, corpusChrf } from './evaluation/chrf.ts';
export {
  accuracyByLength,
  type EvaluatedSequence,
  type EvaluationOptions,
  evaluateSequences,
  type LengthAccuracy,
  type SequenceEvaluation,
} from './evaluation/evaluateSequences.ts';
export { compareSequences, type SequenceAgreement } from './evaluation/sequenceAgreement.ts';
export {
  type AccuracyByLengthPlotOptions,
  accuracyByLengthPlot,
  type LengthSeries,
} from './plots/accuracyByLengthPlot.ts';
export type { Alignment } from './plots/alignment.ts';
export { type AlignmentPlotOptions, alignmentPlot } from './plots/alignmentPlot.ts';
export { type AlignmentTextOptions, alignmentText } from './plots/alignmentText.ts';
export {
  objectiveOf,
  type ScheduleOptions,
  type Seq2SeqRecipe,
  withoutAttention,
} from './recipes/recipe.ts';
export { recipeNamed } from './recipes/recipeNamed.ts';
export { syntheticRecipes } from './recipes/syntheticRecipes.ts';
export { translationRecipes } from './recipes/translationRecipes.ts';
export {
  type CollateOptions,
  collatePairs,
  IGNORED,
  type Seq2SeqBatch,
  type Seq2SeqHostBatch,
  type TokenPair,
} from './seq2seq/batch.ts';
export { Bridge, type BridgeFrom, type BridgeOptions } from './seq2seq/bridge.ts';
export {
  type AttentionKind,
  createSeq2Seq,
  type Seq2SeqConfig,
  type VocabularySizes,
} from './seq2seq/config.ts';
export { type TranslationOptions, translation } from './seq2seq/objective.ts';
export { createPairLoader, type PairLoader, type PairLoaderOptions } from './seq2seq/pairLoader.ts';
export { type Encoding, Seq2Seq, type Seq2SeqForwardOptions, type Seq2SeqOptions } from './seq2seq/seq2seq.ts';
export {
  inverseSigmoidTeacherForcing,
  linearTeacherForcing,
  type TeacherForcingSchedule,
} from './seq2seq/teacherForcing.ts';
export { Vocabulary, VocabularyError, type VocabularyJson, type VocabularyOptions } from './vocabulary/vocabulary.ts';
