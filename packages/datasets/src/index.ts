export { type TarLimits, type TarMember, TarReader } from './archives/tarReader.ts';
export { type LoadFromUrlOptions, loadImageDatasetFromUrl, type UrlProgress } from './browser/loadFromUrl.ts';
export { unpackStream } from './contents/unpackStream.ts';
export { DataError, type DataErrorCode } from './dataError.ts';
export { datasets, findDeclaration, imageDatasets } from './declarations/catalogue.ts';
export type {
  DataFile,
  DatasetDeclaration,
  ImageDatasetDeclaration,
  ImageSplitFiles,
  ReviewDatasetDeclaration,
  TranslationDeclaration,
  WordVectorDeclaration,
} from './declarations/declaration.ts';
export { fashionMnist } from './declarations/fashionMnist.ts';
export { fashionMnistSample } from './declarations/fashionMnistSample.ts';
export { glove, gloveOf } from './declarations/glove.ts';
export { imdb } from './declarations/imdb.ts';
export { kmnist } from './declarations/kmnist.ts';
export { mnist } from './declarations/mnist.ts';
export { translation } from './declarations/translation.ts';
export { type IdxDType, parseIdx } from './idx/parseIdx.ts';
export {
  ImageClassificationDataset,
  type LabelledImage,
  type LabelledImages,
} from './images/imageClassificationDataset.ts';
export { type ImageSplits, imageSplits } from './images/imageSplits.ts';
export { type LabelledText, type Review, type ReviewColumns, ReviewDataset } from './reviews/reviewDataset.ts';
export { type DateTaskOptions, dateTask } from './synthetic/dateTask.ts';
export {
  type SequenceTaskName,
  type SequenceTaskOptions,
  sequenceTask,
  sequenceTaskNames,
} from './synthetic/sequenceTasks.ts';
export { type SyntheticSplit, syntheticExamples, syntheticStream } from './synthetic/syntheticExamples.ts';
export type { SyntheticTask } from './synthetic/syntheticTask.ts';
export { filterPairs, type PairFilter, tutorialPrefixes } from './translation/filterPairs.ts';
export { type NormalizeOptions, normalizeString } from './translation/normalizeString.ts';
export { type ParsedPairs, type ParsePairsOptions, parsePairs } from './translation/parsePairs.ts';
export { type PreparePairsOptions, preparePairs } from './translation/preparePairs.ts';
export { type PairSplitOptions, type PairSplits, splitPairs } from './translation/splitPairs.ts';
export {
  groupBySource,
  type SourceWithReferences,
  swapPairs,
  type TranslationPair,
} from './translation/translationPair.ts';
export { type WordVectorOptions, WordVectorReader } from './vectors/wordVectorReader.ts';
export { type WordVectorColumns, WordVectors } from './vectors/wordVectors.ts';
