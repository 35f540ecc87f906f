import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { functional as F, grad, hostArray, nn, type Tensor, valueAndGrad } from '../../src/index.ts';
import { onBackends } from '../golden/onBackends.ts';

const held = () => {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  return { numTensors, numDataBuffers, numBytes };
};
const values = async (tensor: Tensor | null) => (tensor === null ? null : [...(await tensor.data())]);
const parameter = (...numbers: number[]) =>
  new nn.Parameter(hostArray('float32', [numbers.length], Float32Array.from(numbers)));

onBackends('valueAndGrad', () => {
  it('gives the loss and its gradients, and leaves just those behind', async () => {
    const [a, b] = [parameter(1, 2), parameter(3, 4)];
    const before = held();
    const { value, grads } = valueAndGrad(() => tf.sum(tf.mul(tf.square(a), b)), [a, b]);
    expect(await values(value)).toEqual([1 * 3 + 4 * 4]);
    expect(await Promise.all(grads.map(values))).toEqual([
      [6, 16],
      [1, 4],
    ]);
    expect(held().numTensors).toBe(before.numTensors + 3);
    tf.dispose([value, grads as Tensor[]]);
    expect(held()).toEqual(before);
    tf.dispose([a, b]);
  });

  it('hands out what rides along with the loss', async () => {
    const a = parameter(1, 2);
    const before = held();
    const { value, grads } = valueAndGrad(() => {
      const logits = tf.mul(a, 3);
      return { loss: tf.sum(logits), logits, same: logits };
    }, [a]);
    expect(Object.keys(value).sort()).toEqual(['logits', 'loss', 'same']);
    expect(await values(value.logits)).toEqual([3, 6]);
    expect(await values(grads[0])).toEqual([3, 3]);
    tf.dispose([value, grads[0]!] as never);
    expect(held()).toEqual(before);
    a.dispose();
  });

  it('leaves riders that were there before alive', async () => {
    const [a, x] = [parameter(1), tf.tensor1d([5])];
    const before = held();
    const { value, grads } = valueAndGrad(() => ({ loss: tf.sum(tf.mul(a, x)), x, a }), [a]);
    tf.dispose([value, grads[0]!] as never);
    expect(held()).toEqual(before);
    expect(await values(x)).toEqual([5]);
    expect(await values(a)).toEqual([1]);
    tf.dispose([a, x]);
  });

  it('gives null where the loss does not depend on a parameter', async () => {
    const [a, idle] = [parameter(2), parameter(3)];
    const { value, grads } = valueAndGrad(() => tf.sum(tf.square(a)), [idle, a]);
    expect(await Promise.all(grads.map(values))).toEqual([null, [4]]);
    const constant = valueAndGrad(() => tf.scalar(1), [a]);
    expect(constant.grads).toEqual([null]);
    tf.dispose([value, grads[1]!, constant.value, a, idle]);
  });

  it('belongs to the tidy around it, and keeps what is returned from there', () => {
    const a = parameter(1, 2);
    const before = held();
    const kept = tf.tidy(() => {
      const { value, grads } = valueAndGrad(() => ({ loss: tf.sum(tf.square(a)), twice: tf.mul(a, 2) }), [a]);
      expect(grads[0]!.isDisposed).toBe(false);
      return value.twice;
    });
    expect(held().numTensors).toBe(before.numTensors + 1);
    kept.dispose();
    expect(held()).toEqual(before);
    a.dispose();
  });

  it('gives the gradients alone by grad', async () => {
    const a = parameter(3);
    const before = held();
    const [gradient] = grad(() => tf.sum(tf.square(a)), [a]);
    expect(await values(gradient)).toEqual([6]);
    gradient!.dispose();
    expect(held()).toEqual(before);
    a.dispose();
  });

  it('inside another one gives the inner gradient as a number to the outer', async () => {
    const [a, b] = [parameter(2), parameter(5)];
    const before = held();
    const { value, grads } = valueAndGrad(() => {
      const inner = valueAndGrad(() => tf.sum(tf.square(b)), [b]);
      return tf.sum(tf.mul(a, tf.add(inner.value, inner.grads[0]!)));
    }, [a]);
    expect(await values(value)).toEqual([2 * (25 + 10)]);
    expect(await values(grads[0])).toEqual([35]);
    tf.dispose([value, grads[0]!]);
    expect(held()).toEqual(before);
    tf.dispose([a, b]);
  });

  describe('that throws', () => {
    const input = () => tf.ones([2, 1, 6, 6]);
    const failing: [string, (x: Tensor, layer: nn.Conv2d, bn: nn.BatchNorm2d) => Tensor, string][] = [
      [
        'at once',
        () => {
          throw new Error('no');
        },
        'no',
      ],
      [
        'after some layers',
        (x, layer, bn) => {
          F.maxPool2d(F.relu(bn.forward(layer.forward(x))), 2);
          throw new Error('no');
        },
        'no',
      ],
      [
        'within a layer',
        (x, layer) => layer.forward(layer.forward(x)),
        'expected 1 input channels, got 2 (input [2, 2, 4, 4])',
      ],
      [
        'in the backward pass',
        (x, layer) => {
          const y = layer.forward(x);
          return tf.sum(
            tf.customGrad((t) => ({
              value: tf.mul(t as Tensor, 2),
              gradFunc: (): Tensor => {
                throw new Error('no');
              },
            }))(F.relu(y)),
          );
        },
        'no',
      ],
      [
        'with a loss that is no scalar',
        (x, layer) => layer.forward(x),
        'expected a scalar loss, got shape [2, 2, 4, 4]',
      ],
      [
        'with something else than a tensor',
        (x, layer) => [layer.forward(x)] as never,
        'expected the function to return the loss',
      ],
      [
        'with a promise',
        (async (x: Tensor, layer: nn.Conv2d) => layer.forward(x)) as never,
        'expected the function to return the loss',
      ],
    ];

    it.each(failing)(
      '%s leaves no tensor behind, inside a tidy and outside, and the next step works',
      async (_, f, message) => {
        const [x, layer, bn] = [input(), new nn.Conv2d(1, 2, 3), new nn.BatchNorm2d(2)];
        const step = () => valueAndGrad(() => f(x, layer, bn), [...layer.parameters(), ...bn.parameters()]);
        const before = held();
        expect(step).toThrow(message);
        expect(held()).toEqual(before);
        expect(() => tf.tidy(() => void step())).toThrow(message);
        expect(held()).toEqual(before);
        const { value, grads } = valueAndGrad(() => ({ loss: tf.sum(layer.forward(x)) }), layer.parameters());
        expect(await values(grads[1])).toEqual([32, 32]);
        tf.dispose([value, grads] as never);
        expect(held()).toEqual(before);
        tf.dispose(x);
        layer.dispose();
        bn.dispose();
      },
    );

    it('frees what rode along', () => {
      const a = parameter(1);
      const before = held();
      expect(() => valueAndGrad(() => ({ loss: tf.square(tf.concat([a, a])), rider: tf.mul(a, 2) }), [a])).toThrow(
        /scalar/,
      );
      expect(() => valueAndGrad(() => ({ loss: tf.sum(a), first: tf.mul(a, 2), second: 3 as never }), [a])).toThrow();
      expect(held()).toEqual(before);
      a.dispose();
    });

    it('inside another one, caught there, spoils neither', async () => {
      const [x, layer, a] = [input(), new nn.Conv2d(1, 2, 3), parameter(2)];
      const before = held();
      const { value, grads } = valueAndGrad(() => {
        const square = tf.square(a);
        expect(() =>
          valueAndGrad(() => {
            F.relu(layer.forward(x));
            throw new Error('inner');
          }, layer.parameters()),
        ).toThrow('inner');
        return tf.sum(square);
      }, [a]);
      expect(await values(grads[0])).toEqual([4]);
      tf.dispose([value, grads[0]!]);
      expect(held()).toEqual(before);
      layer.dispose();
      tf.dispose([x, a]);
    });

    it('refuses to differentiate by nothing', () => {
      expect(() => valueAndGrad(() => tf.scalar(1), [])).toThrow('valueAndGrad: expected at least one tensor');
    });
  });
});
