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
  WordVectorDeclaration,
} from './declarations/declaration.ts';
export { fashionMnist } from './declarations/fashionMnist.ts';
export { fashionMnistSample } from './declarations/fashionMnistSample.ts';
export { glove, gloveOf } from './declarations/glove.ts';
export { imdb } from './declarations/imdb.ts';
export { kmnist } from './declarations/kmnist.ts';
export { mnist } from './declarations/mnist.ts';
export { type IdxDType, parseIdx } from './idx/parseIdx.ts';
export {
  ImageClassificationDataset,
  type LabelledImage,
  type LabelledImages,
} from './images/imageClassificationDataset.ts';
export { type ImageSplits, imageSplits } from './images/imageSplits.ts';
export { type LabelledText, type Review, type ReviewColumns, ReviewDataset } from './reviews/reviewDataset.ts';
export { type WordVectorOptions, WordVectorReader } from './vectors/wordVectorReader.ts';
export { type WordVectorColumns, WordVectors } from './vectors/wordVectors.ts';
