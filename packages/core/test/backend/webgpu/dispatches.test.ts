import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Backend,
  createBackend,
  functional as F,
  hostArray,
  manualSeed,
  nn,
  optim,
  setDefaultBackend,
  type Tensor,
} from '../../../src/index.ts';
import { webgpuOrReason } from '../../conformance/webgpu.ts';

const missing = await webgpuOrReason();

/** The notes' CNN, written plainly. */
class Net extends nn.Module {
  conv1 = new nn.Conv2d(1, 6, 5);
  conv2 = new nn.Conv2d(6, 12, 5);
  fc1 = new nn.Linear(192, 120);
  fc2 = new nn.Linear(120, 60);
  out = new nn.Linear(60, 10);

  forward(x: Tensor): Tensor {
    const maps = F.maxPool2d(F.relu(this.conv1.forward(x)), 2);
    const features = F.flatten(F.maxPool2d(F.relu(this.conv2.forward(maps)), 2), { startDim: 1 });
    return this.out.forward(F.relu(this.fc2.forward(F.relu(this.fc1.forward(features)))));
  }
}

/** One step of the same network as TensorFlow.js's users write it, channels last, by its own Adam. */
function plainStep(images: Tensor, labels: Tensor): () => void {
  const shapes = [[5, 5, 1, 6], [6], [5, 5, 6, 12], [12], [192, 120], [120], [120, 60], [60], [60, 10], [10]];
  const [w1, b1, w2, b2, w3, b3, w4, b4, w5, b5] = shapes.map((shape) => tf.variable(tf.fill(shape, 0.01)));
  const adam = tf.train.adam(0.01);
  const x = tf.transpose(images, [0, 2, 3, 1]) as tf.Tensor4D;
  const target = tf.oneHot(labels as tf.Tensor1D, 10);
  const block = (input: tf.Tensor4D, w: Tensor, b: Tensor) =>
    tf.maxPool(tf.relu(tf.add(tf.conv2d(input, w as tf.Tensor4D, 1, 'valid'), b)) as tf.Tensor4D, 2, 2, 'valid');
  const dense = (input: Tensor, w: Tensor, b: Tensor) => tf.add(tf.matMul(input, w), b);
  return () =>
    tf.tidy(() => {
      adam.minimize(() => {
        const features = tf.reshape(block(block(x, w1!, b1!), w2!, b2!), [-1, 192]);
        const hidden = tf.relu(dense(tf.relu(dense(features, w3!, b3!)), w4!, b4!));
        return tf.losses.softmaxCrossEntropy(target, dense(hidden, w5!, b5!));
      });
    });
}

describe.skipIf(missing !== '')('a training step on webgpu', () => {
  let backend: Backend;
  let images: Tensor;
  let labels: Tensor;
  /** What `f` puts into the queue: dispatches, and reads of its results. */
  let count: (f: () => void) => { dispatches: number; reads: number };

  beforeAll(async () => {
    backend = await createBackend('webgpu');
    setDefaultBackend(backend);
    images = backend.tensor(hostArray('float32', [2, 1, 28, 28], new Float32Array(2 * 784).fill(0.5)));
    labels = backend.tensor(hostArray('int32', [2], Int32Array.of(3, 7)));
    const counts = { dispatches: 0, reads: 0 };
    const { device } = backend.kernelBackend as unknown as { device: GPUDevice };
    const pass = device.createCommandEncoder().beginComputePass();
    const buffer = device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const watch = (object: object, method: string, name: keyof typeof counts) => {
      const prototype = Object.getPrototypeOf(object);
      const original = prototype[method];
      prototype[method] = function (...args: unknown[]) {
        counts[name]++;
        return original.apply(this, args);
      };
    };
    watch(pass, 'dispatchWorkgroups', 'dispatches');
    watch(buffer, 'mapAsync', 'reads');
    count = (f) => {
      const before = { ...counts };
      f();
      return { dispatches: counts.dispatches - before.dispatches, reads: counts.reads - before.reads };
    };
  });

  it("takes at most half of TensorFlow.js's dispatches, and waits for nothing", { timeout: 240_000 }, () => {
    manualSeed(0);
    const model = new Net();
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
    const step = () => optimizer.minimize(() => F.crossEntropy(model.forward(images), labels)).dispose();
    const plain = backend.run(() => plainStep(images, labels));
    // The first steps also make the moments.
    step();
    backend.run(plain);
    const ours = count(step);
    const theirs = count(() => backend.run(plain));
    process.stderr.write(
      `dispatches a step of the notes' CNN: ${ours.dispatches}, plain TensorFlow.js ${theirs.dispatches}\n`,
    );
    expect(ours.dispatches).toBeLessThanOrEqual(theirs.dispatches / 2);
    expect(ours.dispatches).toBeLessThanOrEqual(50);
    expect(ours.reads).toBe(0);
  });
});
