import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createBackend, nn, setDefaultBackend, type Tensor, valueAndGrad } from '../../src/index.ts';
import { outputSize } from '../../src/ops/geometry.ts';
import { defineOp, type OpCall, observeOps, opDefinitions } from '../../src/ops/op.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

const name = 'test::scale_and_shift';
const op = defineOp<{ input: Tensor; shift?: Tensor }, { readonly by: number }>({
  name,
  outputs: 1,
  composed: ({ input, shift }, { by }) => {
    const scaled = tf.mul(input, by);
    return [shift === undefined ? scaled : tf.add(scaled, shift), tf.neg(input)];
  },
  saved: ({ input }) => [input],
  gradient: (gradOutput, [input], { by }) => ({
    input: () => tf.add(tf.mul(gradOutput, by), tf.mul(input, 0)),
    shift: () => tf.sum(gradOutput),
  }),
});
const values = async (tensor: Tensor) => [...(await tensor.data())];

describe('an op', () => {
  afterEach(() => {
    if (tf.getKernel(name, 'simd') !== undefined) tf.unregisterKernel(name, 'simd');
  });

  it('is composed where the backend has no kernel for it, and runs its kernel where it has', async () => {
    const input = tf.tensor1d([1, 2]);
    expect(await values(op({ input }, { by: 3 })[0])).toEqual([3, 6]);
    tf.registerKernel({
      kernelName: name,
      backendName: 'simd',
      kernelFunc: ({ inputs, attrs }) => {
        expect(attrs).toEqual({ by: 3 });
        const { shape, dtype } = inputs.input!;
        return { dataId: tf.backend().write(Float32Array.of(101, 102), shape, dtype), shape, dtype };
      },
    });
    expect(await values(op({ input }, { by: 3 })[0])).toEqual([101, 102]);
  });

  it('gives as many outputs as are asked for', () => {
    const input = tf.tensor1d([1]);
    expect(op({ input }, { by: 2 })).toHaveLength(1);
    expect(op({ input }, { by: 2 }, 2)).toHaveLength(2);
  });

  it('has its own gradient, for inputs that may be absent too', async () => {
    const [input, shift] = [
      new nn.Parameter({ dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }),
      tf.scalar(5),
    ];
    const alone = valueAndGrad(() => tf.sum(op({ input }, { by: 3 })[0]), [input]);
    expect(await values(alone.grads[0]!)).toEqual([3, 3]);
    const both = valueAndGrad(() => tf.sum(op({ input, shift }, { by: 3 })[0]), [input, shift]);
    expect(await values(both.value)).toEqual([19]);
    expect(await Promise.all(both.grads.map((gradient) => values(gradient!)))).toEqual([[3, 3], [2]]);
  });

  it('is differentiable by all of its outputs, and gets zeros for those that the loss does not read', async () => {
    const pair = defineOp<{ input: Tensor }, object>({
      name: 'test::pair',
      outputs: 2,
      composed: ({ input }) => [tf.mul(input, 2), tf.mul(input, 3)],
      gradient: (first, _saved, _attributes, [, second]) => ({
        input: () => tf.add(tf.mul(first, 2), tf.mul(second, 3)),
      }),
    });
    const input = tf.tensor1d([1, 2]);
    const ofLoss = async (loss: (outputs: Tensor[]) => Tensor) =>
      values(valueAndGrad(() => loss(pair({ input }, {})), [input]).grads[0]!);
    expect(await ofLoss(([first, second]) => tf.add(tf.sum(first), tf.mul(tf.sum(second), 10)))).toEqual([32, 32]);
    expect(await ofLoss(([first]) => tf.sum(first))).toEqual([2, 2]);
    expect(await ofLoss(([, second]) => tf.sum(second))).toEqual([3, 3]);
  });

  it('without a gradient says so when it is asked for one', () => {
    const flat = defineOp<{ input: Tensor }, object>({
      name: 'test::flat',
      outputs: 1,
      composed: ({ input }) => [tf.neg(input)],
    });
    const input = tf.scalar(1);
    expect(() => valueAndGrad(() => flat({ input }, {})[0], [input])).toThrow('test::flat has no gradient');
  });

  it('can be defined once only', () => {
    expect(opDefinitions.has(name)).toBe(true);
    expect(() => defineOp({ name, outputs: 1, composed: () => [] })).toThrow(`op '${name}' is defined twice`);
  });

  it('is seen by the innermost observer, for as long as that observes', () => {
    const input = tf.scalar(2);
    const call = () => op({ input }, { by: 2 });
    const seen: string[] = [];
    const observer =
      (who: string) =>
      ({ name: what, attributes }: OpCall) =>
        void seen.push(`${who} ${what} ${JSON.stringify(attributes)}`);
    observeOps(observer('outer'), () => {
      call();
      expect(() =>
        observeOps(observer('inner'), () => {
          call();
          throw new Error('no');
        }),
      ).toThrow('no');
      call();
    });
    call();
    const line = (who: string) => `${who} ${name} {"by":2}`;
    expect(seen).toEqual([line('outer'), line('inner'), line('outer')]);
  });
});

describe('the size of a sliding window', () => {
  it.each([
    [[28, 5, {}], 24],
    [[24, 2, { stride: 2 }], 12],
    [[7, 3, { stride: 2, padding: [1, 1] }], 4],
    [[9, 3, { dilation: 2 }], 5],
    [[6, 4, { padding: [1, 2] }], 6],
    [[5, 2, { stride: 2 }], 2],
    [[5, 2, { stride: 2, ceilMode: true }], 3],
    // A last window that would begin in the trailing padding does not count.
    [[4, 2, { stride: 3, padding: [1, 1], ceilMode: true }], 2],
    [[2, 5, {}], -2],
  ] as const)('of %j is %i', ([size, kernel, options], expected) => {
    expect(outputSize(size, kernel, options)).toBe(expected);
  });
});
