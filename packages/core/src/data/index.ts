export { defaultCollate } from './collate.ts';
export { type Batch, DataLoader, type DataLoaderOptions } from './dataLoader.ts';
export type { Dataset } from './dataset.ts';
export { BatchSampler, RandomSampler, type Sampler, SequentialSampler } from './sampler.ts';
export { randomSplit, Subset } from './subset.ts';
export { TensorDataset } from './tensorDataset.ts';
