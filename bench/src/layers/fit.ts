import type * as tfCore from '@tensorflow/tfjs-core';
import type * as tfLayers from '@tensorflow/tfjs-layers';
import type { PreparedOp } from '../ops/protocol.ts';
import { classes, values } from '../ops/values.ts';

/** The notes' network as a user of TensorFlow.js builds it; the seeds make everyone begin with the same weights. */
function notesNetwork({ initializers, layers, sequential }: typeof tfLayers): tfLayers.Sequential {
  const seeded = (seed: number) => ({ kernelInitializer: initializers.glorotUniform({ seed }) });
  const model = sequential();
  const shape = [28, 28, 1];
  model.add(layers.conv2d({ inputShape: shape, filters: 6, kernelSize: 5, activation: 'relu', ...seeded(1) }));
  model.add(layers.maxPooling2d({ poolSize: 2 }));
  model.add(layers.conv2d({ filters: 12, kernelSize: 5, activation: 'relu', ...seeded(2) }));
  model.add(layers.maxPooling2d({ poolSize: 2 }));
  model.add(layers.flatten());
  model.add(layers.dense({ units: 120, activation: 'relu', ...seeded(3) }));
  model.add(layers.dense({ units: 60, activation: 'relu', ...seeded(4) }));
  model.add(layers.dense({ units: 10, activation: 'softmax', ...seeded(5) }));
  return model;
}

/** `model.fit` over so many batches of images. */
export function prepareFit(
  tf: typeof tfCore,
  layers: typeof tfLayers,
  { batch, steps }: { readonly batch: number; readonly steps: number },
): PreparedOp {
  const count = batch * steps;
  const model = notesNetwork(layers);
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  const images = tf.tensor(values(count * 28 * 28, 0), [count, 28, 28, 1]);
  const labels = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(classes(count, 10), 'int32'), 10), 'float32'));
  const fit = async () => {
    const { history } = await model.fit(images, labels, { epochs: 1, batchSize: batch, shuffle: false, verbose: 0 });
    return Number(history.loss![0]);
  };
  return {
    run: async () => void (await fit()),
    // Of the first fit the mean loss; the later ones go on from where it ended.
    digest: fit,
    dispose() {
      model.dispose();
      tf.dispose([images, labels]);
    },
  };
}
