export { defaultCollate } from './collate.ts';
export { type Batch, DataLoader, type DataLoaderOptions, type HostBatch } from './dataLoader.ts';
export type { Dataset } from './dataset.ts';
export {
  type BatchPlan,
  BatchSampler,
  RandomSampler,
  type RandomSamplerOptions,
  type Sampler,
  SequentialSampler,
  SubsetRandomSampler,
} from './sampler.ts';
export { randomSplit, Subset } from './subset.ts';
export { TensorDataset } from './tensorDataset.ts';
