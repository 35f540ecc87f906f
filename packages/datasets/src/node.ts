export { findZipMember, type ReadRange, type ZipMember } from './archives/zipDirectory.ts';
export { fetchDataset } from './catalog/fetchDataset.ts';
export { type DatasetStatus, datasetStatus, type FileStatus, listDatasets } from './catalog/listDatasets.ts';
export { type FileVerification, type Verification, verifyDataset } from './catalog/verifyDataset.ts';
export type { HttpTimeouts } from './fetcher/http.ts';
export type { DownloadProgress, OnProgress } from './fetcher/progress.ts';
export {
  type LoadedImages,
  type LoadImageOptions,
  loadFashionMnist,
  loadImageDataset,
  loadKmnist,
  loadMnist,
} from './images/loadImageDataset.ts';
export { type LoadedReviews, type LoadImdbOptions, loadImdb, type ReviewSource } from './reviews/loadImdb.ts';
export { defaultCacheDir, type SearchOptions, type SourceKind } from './search/dataFolders.ts';
export type { DataSource } from './search/dataSource.ts';
export type { ObtainOptions } from './search/obtain.ts';
export {
  type LoadedPairs,
  type LoadPairFileOptions,
  type LoadPairsOptions,
  loadPairFile,
  loadTranslationPairs,
} from './translation/loadTranslationPairs.ts';
export { type LoadedVectors, type LoadGloveOptions, loadGlove } from './vectors/loadGlove.ts';
export { type ReadWordVectorsOptions, readWordVectors } from './vectors/readWordVectors.ts';
