export { Adam, type AdamHyperparameters, type AdamOptions, AdamW } from './adam.ts';
export {
  AveragedModel,
  type AveragedModelOptions,
  getEmaMultiAvgFn,
  getSwaMultiAvgFn,
  type MultiAvgFn,
} from './averagedModel.ts';
export { clipGradNorm, clipGradValue, type GradientList } from './clip.ts';
export { CosineAnnealingLR } from './cosineAnnealingLr.ts';
export { ExponentialLR, MultiStepLR, StepLR } from './decayLr.ts';
export { LinearLR, type LinearLrOptions } from './linearLr.ts';
export { OneCycleLR, type OneCycleLrOptions } from './oneCycleLr.ts';
export { type MinimizeOptions, Optimizer, type OptimizerState } from './optimizer.ts';
export type { FilledGroup, Hyperparameters, ParameterGroup, Trained } from './parameterGroups.ts';
export { ReduceLROnPlateau, type ReduceLrOnPlateauOptions } from './reduceLrOnPlateau.ts';
export { RMSprop, type RmsPropHyperparameters, type RmsPropOptions } from './rmsprop.ts';
export { LRScheduler, type Scheduler, type SchedulerState } from './scheduler.ts';
export { SequentialLR } from './sequentialLr.ts';
export { SGD, type SgdHyperparameters, type SgdOptions } from './sgd.ts';
