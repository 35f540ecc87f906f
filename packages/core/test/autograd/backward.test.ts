import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { functional as F, hostArray, nn, type Tensor, valueAndGrad } from '../../src/index.ts';
import { onBackends } from '../golden/onBackends.ts';

const parameter = (...numbers: number[]) =>
  new nn.Parameter(hostArray('float32', [numbers.length], Float32Array.from(numbers)));
const values = async (tensor: Tensor | null) => (tensor === null ? null : [...(await tensor.data())]);

/** y = x, and its gradient is the very tensor that it is given. */
const passOn = tf.customGrad((x) => ({ value: tf.mul(x as Tensor, 1), gradFunc: (gradOutput) => gradOutput }));

onBackends('the backward pass', () => {
  it('adds up what several steps pass on to one tensor', async () => {
    const a = parameter(2, -3);
    const { grads } = valueAndGrad(() => tf.sum(tf.add(tf.mul(a, a), tf.add(F.relu(a), tf.mul(a, 5)))), [a]);
    expect(await values(grads[0])).toEqual([2 * 2 + 1 + 5, -3 * 2 + 5]);
  });

  it('gives two tensors where one gradient is passed on to two owners', async () => {
    const [a, b] = [parameter(1, 2), parameter(3, 4)];
    const { grads } = valueAndGrad(() => tf.sum(passOn(tf.add(passOn(a), passOn(b)))), [a, b]);
    grads[0]!.dispose();
    expect(await values(grads[1])).toEqual([1, 1]);
  });

  it('passes over steps that do not lead to the loss, also such as have no gradient', async () => {
    const a = parameter(4);
    const { grads } = valueAndGrad(() => {
      tf.einsum('i,i->', a, a);
      return tf.sum(tf.square(a));
    }, [a]);
    expect(await values(grads[0])).toEqual([8]);
  });

  it('goes through no integers: what a model has chosen is looked up as if it had been given', async () => {
    const [a, table] = [parameter(1, 3, 2), new nn.Parameter(hostArray('float32', [3, 1], Float32Array.of(5, 6, 7)))];
    const { grads } = valueAndGrad(() => tf.sum(F.embedding(tf.reshape(tf.argMax(a), [1]), table)), [a, table]);
    expect(await values(grads[0])).toBeNull();
    expect(await values(grads[1])).toEqual([0, 1, 0]);
  });

  it('names a step without a gradient that does', () => {
    const a = parameter(1, 2);
    expect(() => valueAndGrad(() => tf.sum(tf.einsum('i->i', a)), [a])).toThrow('Einsum has no gradient');
  });

  it('holds no more of the model than what has not been used yet', () => {
    const a = parameter(...Array.from({ length: 1000 }, (_, i) => i));
    const peak = (depth: number) => {
      let most = 0;
      const watched = tf.customGrad((x) => ({
        value: tf.mul(x as Tensor, 1),
        gradFunc: (gradOutput) => {
          most = Math.max(most, tf.memory().numTensors);
          return gradOutput;
        },
      }));
      const before = tf.memory().numTensors;
      const { value, grads } = valueAndGrad(() => {
        let x: Tensor = a;
        for (let i = 0; i < depth; i++) x = watched(x);
        return tf.sum(x);
      }, [a]);
      tf.dispose([value, grads as Tensor[]]);
      return most - before;
    };
    // The tape saves nothing here, so a deeper model needs no more.
    expect(peak(40)).toBe(peak(10));
  });
});

describe('an op of ours', () => {
  it("is differentiated by TensorFlow.js's own functions, too", async () => {
    const x = tf.tensor1d([-1, 2]);
    expect(await values(tf.grad((y) => tf.sum(tf.square(F.relu(y))))(x))).toEqual([0, 4]);
  });

  it('is seen by tf.profile', async () => {
    const x = tf.tensor2d([[1, -2]]);
    const { kernels } = await tf.profile(() => F.gelu(x));
    expect(kernels.length).toBeGreaterThan(0);
  });
});
