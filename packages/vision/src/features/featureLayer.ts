import type { nn } from '@flambeau/core';

/** A convolution that can be looked at. */
export interface FeatureLayer {
  readonly name: string;
  /** The module whose output, after ReLU, are the layer's maps. */
  readonly output: nn.Module;
  /** The convolution's weights, `[out channels, in channels, height, width]`. */
  readonly filters: nn.Parameter;
}
