export * as callbacks from './callbacks/index.ts';
export type { EpochResult } from './epochResult.ts';
export { type Classifier, type Evaluation, evaluate, type LabelledBatches, type LossFunction } from './evaluate.ts';
export { NonFiniteLossError } from './nonFiniteLossError.ts';
export { type FitOptions, Trainer, type TrainerOptions } from './trainer.ts';
export type { FitControl, StepInfo, TrainerCallback } from './trainerCallback.ts';
export type { TrainerState } from './trainerState.ts';
export { TrainerStateError } from './trainerStateError.ts';
