export type { Dataset } from './data/dataset.ts';
export { type DType, type HostArray, type HostData, hostArray } from './tensor/hostArray.ts';
