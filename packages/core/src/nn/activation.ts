import type { Tensor } from '@tensorflow/tfjs-core';
import * as F from '../functional/activation.ts';
import { Module } from './module.ts';

/** ReLU(x) = max(0, x), element by element. Shape: any → the same. */
export class ReLU extends Module {
  forward(input: Tensor): Tensor {
    return F.relu(input);
  }
}
