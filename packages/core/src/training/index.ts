export * as callbacks from './callbacks/index.ts';
export type { EpochResult } from './epochResult.ts';
export { type Evaluation, evaluate, evaluateObjective } from './evaluate.ts';
export { NonFiniteLossError } from './nonFiniteLossError.ts';
export {
  binaryClassification,
  type Classifier,
  classification,
  type LabelledBatch,
  type LabelledBatches,
  type LossFunction,
  type Objective,
} from './objective.ts';
export { type FitOptions, Trainer, type TrainerOptions } from './trainer.ts';
export type { FitControl, StepInfo, TrainerCallback } from './trainerCallback.ts';
export type { TrainerState } from './trainerState.ts';
export { TrainerStateError } from './trainerStateError.ts';
