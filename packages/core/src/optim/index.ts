export { Adam, type AdamOptions, AdamW } from './adam.ts';
export { OneCycleLR, type OneCycleLrOptions } from './oneCycleLr.ts';
export { Optimizer, type OptimizerState } from './optimizer.ts';
export type { Scheduler } from './scheduler.ts';
export { SGD, type SgdOptions } from './sgd.ts';
