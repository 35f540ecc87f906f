import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { generator } from '../reference/numbers.ts';
import { describeOnThreads, useTestBackend } from '../run.ts';

const SEQUENCES = 10_000;
const STEPS = 6;

function run(name: string, inputs: tf.NamedTensorMap, attrs: object = {}): tf.Tensor[] {
  const out = tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
  return Array.isArray(out) ? out : [out];
}

const convolution = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 };
const pooling = { kernelSize: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], dilation: [1, 1], outputSize: [2, 2] };
const IMAGES: [number, number, number, number] = [2, 1, 4, 4];

/** Each takes one image tensor and gives new tensors; some of them are deferred, aliases, or in place. */
const actions: ((images: tf.Tensor) => tf.Tensor[])[] = [
  (images) => [tf.add(images, 1)],
  (images) => [tf.clone(images)],
  (images) => [tf.reshape(tf.reshape(images, [-1]), IMAGES)],
  (images) => run(FLAMBEAU_KERNELS.relu, { input: images }),
  (images) => run(FLAMBEAU_KERNELS.conv2d, { input: images, weight: tf.ones([1, 1, 3, 3]) }, convolution),
  (images) => {
    const [convolved] = run(FLAMBEAU_KERNELS.conv2d, { input: images, weight: tf.ones([1, 1, 3, 3]) }, convolution);
    const [rectified] = run(FLAMBEAU_KERNELS.relu, { input: convolved! });
    const [output, indices] = run(FLAMBEAU_KERNELS.maxPool2d, { input: rectified! }, pooling);
    const inputShape = IMAGES;
    return run(FLAMBEAU_KERNELS.maxPool2dBackward, { gradOutput: output!, indices: indices! }, { inputShape });
  },
  (images) => {
    const inputs = { gradOutput: tf.reshape(images, [8, 4]), indices: tf.tensor1d([0, 3, 3, 1, 0, 7, 2, 3], 'int32') };
    const [gradient] = run(FLAMBEAU_KERNELS.embeddingBackward, inputs, { paddingIdx: 1, numEmbeddings: 8 });
    return [tf.reshape(gradient!, IMAGES)];
  },
  (images) => {
    const inputs = { weight: tf.reshape(images, [8, 4]), indices: tf.tensor1d([0, 3, 3, 1, 0, 7, 2, 3], 'int32') };
    return run(FLAMBEAU_KERNELS.embedding, inputs).map((rows) => tf.reshape(rows, IMAGES));
  },
  (images) => run(FLAMBEAU_KERNELS.reluBackward, { gradOutput: images, output: images }),
  (images) => {
    const inputs = { param0: images, grad0: tf.ones(IMAGES) };
    const rates = { lr: 0.1, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false };
    const { kernelFunc } = tf.getKernel(FLAMBEAU_KERNELS.sgd, tf.getBackend());
    kernelFunc({ inputs, attrs: { count: 1, ...rates, firstStep: true }, backend: tf.backend() });
    return [];
  },
];

describeOnThreads('random sequences of making, using, reading and freeing tensors', () => {
  test(`leave nothing behind, ${SEQUENCES.toLocaleString('en-US')} of them`, () => {
    const backend = useTestBackend();
    const random = generator(20);
    const pick = (count: number) => Math.floor(random() * count);
    const before = { ...tf.memory(), blocks: backend.heap.usedBlocks };
    for (let sequence = 0; sequence < SEQUENCES; sequence++) {
      const alive: tf.Tensor[] = [tf.randomUniform(IMAGES, -1, 1, 'float32', sequence)];
      for (let step = 0; step < STEPS && alive.length > 0; step++) {
        const chosen = pick(alive.length);
        const what = pick(actions.length + 2);
        if (what === actions.length) alive.splice(chosen, 1)[0]!.dispose();
        else if (what === actions.length + 1) alive[chosen]!.dataSync();
        else alive.push(...tf.tidy(() => actions[what]!(alive[chosen]!)));
      }
      tf.dispose(alive);
    }
    expect({ ...tf.memory(), blocks: backend.heap.usedBlocks }).toMatchObject({
      numTensors: before.numTensors,
      numDataBuffers: before.numDataBuffers,
      numBytes: before.numBytes,
      blocks: before.blocks,
    });
  });
});
