import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { type AdamAttributes, FLAMBEAU_KERNELS, type RmspropAttributes, type SgdAttributes } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { generator, randomFloats } from '../reference/numbers.ts';
import { describeOnThreads, testBackendName, useTestBackend } from '../run.ts';

/** Runs an in-place kernel as core does: by its function, past the engine. */
function runInPlace(name: string, inputs: Record<string, tf.TensorInfo>, attrs: object): void {
  tf.getKernel(name, testBackendName()).kernelFunc({
    inputs,
    attrs: attrs as tf.NamedAttrMap,
    backend: tf.backend(),
  });
}

const STEPS = 3;

function adamReference(
  start: Float32Array,
  gradients: Float32Array[],
  { lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, maximize }: Omit<AdamAttributes, 'count' | 'step'>,
) {
  const p = Float64Array.from(start);
  const m = new Float64Array(p.length);
  const v = new Float64Array(p.length);
  gradients.forEach((gradient, index) => {
    const t = index + 1;
    p.forEach((_, i) => {
      let g = maximize ? -gradient[i]! : gradient[i]!;
      if (decoupledWeightDecay) p[i]! *= 1 - lr * weightDecay;
      else g += weightDecay * p[i]!;
      m[i] = beta1 * m[i]! + (1 - beta1) * g;
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      p[i]! -= ((lr / (1 - beta1 ** t)) * m[i]!) / (Math.sqrt(v[i]!) / Math.sqrt(1 - beta2 ** t) + eps);
    });
  });
  return { p, m, v };
}

function sgdReference(
  start: Float32Array,
  gradients: Float32Array[],
  { lr, momentum, dampening, weightDecay, nesterov, maximize }: Omit<SgdAttributes, 'count' | 'firstStep'>,
) {
  const p = Float64Array.from(start);
  const buffer = new Float64Array(p.length);
  gradients.forEach((gradient, index) => {
    p.forEach((_, i) => {
      let g = (maximize ? -gradient[i]! : gradient[i]!) + weightDecay * p[i]!;
      if (momentum !== 0) {
        buffer[i] = index === 0 ? g : momentum * buffer[i]! + (1 - dampening) * g;
        g = nesterov ? g + momentum * buffer[i]! : buffer[i]!;
      }
      p[i]! -= lr * g;
    });
  });
  return { p, buffer };
}

function rmspropReference(
  start: Float32Array,
  gradients: Float32Array[],
  { lr, alpha, eps, weightDecay, momentum, centered, maximize }: Omit<RmspropAttributes, 'count'>,
) {
  const p = Float64Array.from(start);
  const [squareAvg, gradAvg, buffer] = [0, 1, 2].map(() => new Float64Array(p.length)) as Float64Array[];
  for (const gradient of gradients) {
    p.forEach((_, i) => {
      const g = (maximize ? -gradient[i]! : gradient[i]!) + weightDecay * p[i]!;
      squareAvg![i] = alpha * squareAvg![i]! + (1 - alpha) * g * g;
      gradAvg![i] = alpha * gradAvg![i]! + (1 - alpha) * g;
      const spread = squareAvg![i]! - (centered ? gradAvg![i]! ** 2 : 0);
      buffer![i] = momentum * buffer![i]! + g / (Math.sqrt(spread) + eps);
      p[i]! -= lr * buffer![i]!;
    });
  }
  return { p, squareAvg, gradAvg, buffer };
}

describeOnThreads('flambeau::adam_', () => {
  const plain = {
    lr: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    eps: 1e-8,
    weightDecay: 0,
    decoupledWeightDecay: false,
    maximize: false,
  };
  test.each([
    ['Adam', plain],
    ['Adam with L2', { ...plain, weightDecay: 0.1 }],
    ['AdamW, maximising', { ...plain, weightDecay: 0.1, decoupledWeightDecay: true, maximize: true }],
    ['other betas', { ...plain, beta1: 0.3, beta2: 0.9, eps: 1e-3 }],
  ])('%s steps as torch.optim does, for several parameters at once', (_, attrs) => {
    useTestBackend();
    const random = generator(11);
    tf.tidy(() => {
      const sizes = [1, 7, 130];
      const starts = sizes.map((size) => randomFloats(size, random));
      const gradients = sizes.map((size) => Array.from({ length: STEPS }, () => randomFloats(size, random)));
      const params = starts.map((values) => tf.tensor1d(values));
      const expAvg = sizes.map((size) => tf.zeros([size]));
      const expAvgSq = sizes.map((size) => tf.zeros([size]));
      for (let step = 1; step <= STEPS; step++) {
        const inputs: Record<string, tf.TensorInfo> = {};
        sizes.forEach((_size, i) => {
          inputs[`param${i}`] = params[i]!;
          inputs[`grad${i}`] = tf.tensor1d(gradients[i]![step - 1]!);
          inputs[`expAvg${i}`] = expAvg[i]!;
          inputs[`expAvgSq${i}`] = expAvgSq[i]!;
        });
        runInPlace(FLAMBEAU_KERNELS.adam, inputs, { ...attrs, count: sizes.length, step });
      }
      sizes.forEach((_size, i) => {
        const expected = adamReference(starts[i]!, gradients[i]!, attrs);
        expectClose(params[i]!.dataSync(), expected.p, 1e-6);
        expectClose(expAvg[i]!.dataSync(), expected.m, 1e-6);
        expectClose(expAvgSq[i]!.dataSync(), expected.v, 1e-6);
      });
    });
  });

  test('a clone of a variable keeps the old numbers, the variable gets the new ones, and nothing leaks', () => {
    const backend = useTestBackend();
    const before = { bytes: backend.heap.usedBytes, tensors: tf.memory().numTensors };
    const initial = tf.tensor1d([1, 2, 3]);
    const variable = tf.variable(initial);
    const clone = tf.clone(variable);
    const flat = tf.reshape(variable, [3, 1]);
    const [grad, m, v] = [tf.ones([3]), tf.zeros([3]), tf.zeros([3])];
    const inputs = { param0: variable, grad0: grad, expAvg0: m, expAvgSq0: v };
    for (let step = 1; step <= 2; step++) runInPlace(FLAMBEAU_KERNELS.adam, inputs, { ...plain, count: 1, step });
    expectClose(variable.dataSync(), [0.98, 1.98, 2.98], 1e-6);
    for (const old of [initial, clone, flat]) expect(Array.from(old.dataSync())).toEqual([1, 2, 3]);
    tf.dispose([initial, variable, clone, flat, grad, m, v]);
    expect({ bytes: backend.heap.usedBytes, tensors: tf.memory().numTensors }).toEqual(before);
  });

  test('a shared plain tensor is copied too, inside a tidy as well', () => {
    useTestBackend();
    const param = tf.tensor1d([1]);
    tf.tidy(() => {
      const clone = tf.clone(param);
      const inputs = { param0: param, grad0: tf.ones([1]), expAvg0: tf.zeros([1]), expAvgSq0: tf.zeros([1]) };
      runInPlace(FLAMBEAU_KERNELS.adam, inputs, { ...plain, count: 1, step: 1 });
      expect(Array.from(clone.dataSync())).toEqual([1]);
    });
    expect(param.isDisposed).toBe(false);
    expectClose(param.dataSync(), [0.99], 1e-6);
    param.dispose();
  });

  test('an unshared parameter stays where it is', () => {
    const backend = useTestBackend();
    tf.tidy(() => {
      const param = tf.tensor1d([1]);
      const pointer = backend.pointer(param);
      const inputs = { param0: param, grad0: tf.ones([1]), expAvg0: tf.zeros([1]), expAvgSq0: tf.zeros([1]) };
      runInPlace(FLAMBEAU_KERNELS.adam, inputs, { ...plain, count: 1, step: 1 });
      expect(backend.pointer(param)).toBe(pointer);
    });
  });
});

describeOnThreads('flambeau::sgd_', () => {
  const plain = { lr: 0.1, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false };
  test.each([
    ['plain', plain],
    ['momentum, dampening, decay', { ...plain, momentum: 0.9, dampening: 0.2, weightDecay: 0.01 }],
    ['Nesterov, maximising', { ...plain, momentum: 0.8, nesterov: true, maximize: true }],
  ])('%s: steps as torch.optim.SGD does', (_, attrs) => {
    useTestBackend();
    const random = generator(3);
    tf.tidy(() => {
      const start = randomFloats(9, random);
      const gradients = Array.from({ length: STEPS }, () => randomFloats(9, random));
      const param = tf.tensor1d(start);
      const buffer = tf.fill([9], Number.NaN);
      gradients.forEach((gradient, index) => {
        const inputs = { param0: param, grad0: tf.tensor1d(gradient), momentumBuffer0: buffer };
        runInPlace(FLAMBEAU_KERNELS.sgd, inputs, { ...attrs, count: 1, firstStep: index === 0 });
      });
      const expected = sgdReference(start, gradients, attrs);
      expectClose(param.dataSync(), expected.p, 1e-6);
      if (attrs.momentum !== 0) expectClose(buffer.dataSync(), expected.buffer, 1e-6);
    });
  });
});

describeOnThreads('flambeau::rmsprop_', () => {
  const plain = { lr: 0.1, alpha: 0.9, eps: 1e-3, weightDecay: 0, momentum: 0, centered: false, maximize: false };
  test.each([
    ['plain', plain],
    ['momentum, decay', { ...plain, momentum: 0.9, weightDecay: 0.01 }],
    ['centred, maximising', { ...plain, alpha: 0.4, centered: true, maximize: true }],
    ['all of it', { ...plain, momentum: 0.5, centered: true, weightDecay: 0.1 }],
  ])('%s: steps as torch.optim.RMSprop does, for several parameters at once', (_, attrs) => {
    useTestBackend();
    const random = generator(4);
    tf.tidy(() => {
      const sizes = [3, 9, 70];
      const starts = sizes.map((size) => randomFloats(size, random));
      const gradients = sizes.map((size) => Array.from({ length: STEPS }, () => randomFloats(size, random)));
      const inputs: Record<string, tf.TensorInfo> = {};
      sizes.forEach((size, i) => {
        inputs[`param${i}`] = tf.tensor1d(starts[i]!);
        inputs[`squareAvg${i}`] = tf.zeros([size]);
        if (attrs.centered) inputs[`gradAvg${i}`] = tf.zeros([size]);
        if (attrs.momentum > 0) inputs[`momentumBuffer${i}`] = tf.zeros([size]);
      });
      for (let step = 0; step < STEPS; step++) {
        sizes.forEach((_size, i) => {
          inputs[`grad${i}`] = tf.tensor1d(gradients[i]![step]!);
        });
        runInPlace(FLAMBEAU_KERNELS.rmsprop, inputs, { ...attrs, count: sizes.length });
      }
      const read = (name: string) => (inputs[name] as tf.Tensor).dataSync();
      sizes.forEach((_size, i) => {
        const expected = rmspropReference(starts[i]!, gradients[i]!, attrs);
        expectClose(read(`param${i}`), expected.p, 2e-6);
        expectClose(read(`squareAvg${i}`), expected.squareAvg!, 1e-6);
        if (attrs.centered) expectClose(read(`gradAvg${i}`), expected.gradAvg!, 1e-6);
        if (attrs.momentum > 0) expectClose(read(`momentumBuffer${i}`), expected.buffer!, 2e-6);
      });
    });
  });
});
