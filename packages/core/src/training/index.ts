export { type Classifier, type Evaluation, evaluate, type LabelledBatches, type LossFunction } from './evaluate.ts';
export {
  type EpochResult,
  type FitOptions,
  NonFiniteLossError,
  type StepInfo,
  Trainer,
  type TrainerCallback,
  type TrainerOptions,
} from './trainer.ts';
export type { TrainerState } from './trainerState.ts';
