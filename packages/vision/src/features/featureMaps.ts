import { functional as F, type HostArray, hostArray, type Tensor, tidy, toHost } from '@flambeau/core';
import type { ImageModel } from '../models/imageModel.ts';

/** What one layer made of one image. */
export interface FeatureMaps {
  readonly layer: string;
  readonly height: number;
  readonly width: number;
  /** One map a channel, row by row, after ReLU and before pooling. */
  readonly maps: readonly Float32Array[];
}

/** What {@link featureMaps} read. */
export interface FeatureReading {
  readonly layers: readonly FeatureMaps[];
  /** The model's logits for the image. */
  readonly logits: Float32Array;
}

/**
 * Runs one image through the model in evaluation mode and reads what its convolutions made of it (after ReLU, before
 * pooling, as the notes look at them) by forward hooks.
 *
 * Shape: image `[C, H, W]` or `[1, C, H, W]`; for the notes' CNN `conv1` gives 6 maps of 24×24, `conv2` 12 of 8×8.
 *
 * @example
 * ```ts
 * const { layers } = await featureMaps(net, test.get(0)[0]);
 * layers[0].maps.length; // 6
 * ```
 */
export async function featureMaps(model: ImageModel, image: HostArray<'float32'>): Promise<FeatureReading> {
  const { backend } = model;
  const shape = image.shape.length === 3 ? [1, ...image.shape] : image.shape;
  if (shape.length !== 4 || shape[0] !== 1) {
    throw new RangeError(`featureMaps: expected one image [C, H, W], got [${image.shape.join(', ')}]`);
  }
  const outputs = new Map<string, Tensor>();
  const handles = model.featureLayers.map(({ name, output }) =>
    output.registerForwardHook((_module, _inputs, result) => {
      outputs.set(name, F.relu(result as Tensor));
    }),
  );
  const wasTraining = model.training;
  model.eval();
  let read: Tensor[];
  try {
    // One tidy hands out what it returns and frees the rest.
    read = backend.run(() =>
      tidy(() => {
        const logits = model.forward(backend.tensor(hostArray('float32', shape, image.data)));
        return [logits, ...model.featureLayers.map(({ name }) => outputs.get(name)!)];
      }),
    );
  } finally {
    model.train(wasTraining);
    for (const handle of handles) handle.remove();
  }
  const [logits, ...values] = await Promise.all(read.map(toHost));
  for (const tensor of read) tensor.dispose();
  return {
    logits: logits!.data as Float32Array,
    layers: model.featureLayers.map(({ name }, index) => {
      const [, channels, height, width] = values[index]!.shape as [number, number, number, number];
      const data = values[index]!.data as Float32Array;
      const size = height * width;
      const maps = Array.from({ length: channels }, (_, map) => data.slice(map * size, (map + 1) * size));
      return { layer: name, height, width, maps };
    }),
  };
}
