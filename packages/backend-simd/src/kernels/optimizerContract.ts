/** As contract.ts, of the optimizers, whose kernels change their inputs in place. */
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** The inputs of an optimizer's step, numbered from 0 to `count` − 1: `param0`, `grad0`, … All but the gradients change in place. */
export type AdamInputs = { [tensor: `${'param' | 'grad' | 'expAvg' | 'expAvgSq'}${number}`]: TensorInfo };
export interface AdamAttributes {
  /** How many parameters. */
  count: number;
  lr: number;
  beta1: number;
  beta2: number;
  eps: number;
  weightDecay: number;
  /** AdamW: the decay is applied to the parameter, not added to the gradient. */
  decoupledWeightDecay: boolean;
  /** The number of this step, from 1. */
  step: number;
  maximize: boolean;
}

/** `momentumBuffer` is missing where `momentum` is 0. */
export type SgdInputs = { [tensor: `${'param' | 'grad' | 'momentumBuffer'}${number}`]: TensorInfo };
export interface SgdAttributes {
  count: number;
  lr: number;
  momentum: number;
  dampening: number;
  weightDecay: number;
  nesterov: boolean;
  maximize: boolean;
  /** The buffers hold nothing yet and become the gradients. */
  firstStep: boolean;
}

/** `gradAvg` is missing unless centred, `momentumBuffer` without momentum. */
export type RmspropInputs = {
  [tensor: `${'param' | 'grad' | 'squareAvg' | 'gradAvg' | 'momentumBuffer'}${number}`]: TensorInfo;
};
export interface RmspropAttributes {
  count: number;
  lr: number;
  alpha: number;
  eps: number;
  weightDecay: number;
  momentum: number;
  centered: boolean;
  maximize: boolean;
}
