import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SimdBackend } from '../../src/backend/simdBackend.ts';
import { FLAMBEAU_KERNELS, type MaxPool2dAttributes, registerSimdBackend } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { type ConvolutionCase, outputShape } from '../reference/conv2d.ts';
import { generator, randomFloats, sizeOf, withSpecialValues } from '../reference/numbers.ts';
import { describeOnThreads, useTestBackend } from '../run.ts';

interface Chain {
  convolution: ConvolutionCase;
  pooling: MaxPool2dAttributes;
  relu: boolean;
}

function poolingOf([, , height, width]: number[], kernelSize: [number, number], stride: [number, number]) {
  const outputSize = [height!, width!].map((size, axis) =>
    Math.floor((size - kernelSize[axis]!) / stride[axis]! + 1),
  ) as [number, number];
  return { kernelSize, stride, padding: [0, 0, 0, 0], dilation: [1, 1], outputSize } satisfies MaxPool2dAttributes;
}

const side = (most: number) => fc.integer({ min: 1, max: most });
const pad = fc.integer({ min: -1, max: 2 });

const chains = fc
  .record({
    groups: side(2),
    batch: side(5),
    groupIn: side(4),
    groupOut: side(6),
    height: fc.integer({ min: 4, max: 12 }),
    width: fc.integer({ min: 4, max: 19 }),
    kernel: fc.tuple(side(6), side(6)),
    stride: fc.tuple(side(2), side(2)),
    padding: fc.tuple(pad, pad, pad, pad),
    dilation: fc.tuple(side(2), side(2)),
    window: fc.tuple(side(3), side(3)),
    step: fc.tuple(side(3), side(3)),
    relu: fc.boolean(),
    seed: fc.nat(),
  })
  .map((s) => {
    const convolution: ConvolutionCase = {
      input: [s.batch, s.groups * s.groupIn, s.height, s.width],
      weight: [s.groups * s.groupOut, s.groupIn, ...s.kernel],
      ...{ stride: s.stride, padding: s.padding, dilation: s.dilation, groups: s.groups },
    };
    const chain: Chain = {
      convolution,
      pooling: poolingOf(outputShape(convolution), s.window, s.step),
      relu: s.relu,
    };
    return { chain, seed: s.seed };
  })
  .filter(({ chain }) => Math.min(...outputShape(chain.convolution), ...chain.pooling.outputSize) >= 1);

interface Numbers {
  input: Float32Array;
  weight: Float32Array;
  bias: Float32Array;
  gradOutput: Float32Array;
}

function run(name: string, inputs: tf.NamedTensorMap, attrs: object = {}): tf.Tensor[] {
  const out = tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
  return Array.isArray(out) ? out : [out];
}

/** Convolution, ReLU if wanted, pooling, and back again. `read` is told of every tensor on the way that may be deferred. */
function runChain({ convolution, pooling, relu }: Chain, numbers: Numbers, read: (tensor: tf.Tensor) => void) {
  const { stride, padding, dilation, groups } = convolution;
  const attrs = { stride, padding, dilation, groups };
  useTestBackend();
  const results = tf.tidy(() => {
    const input = tf.tensor(numbers.input, convolution.input);
    const weight = tf.tensor(numbers.weight, convolution.weight);
    const bias = tf.tensor1d(numbers.bias);
    const [convolved] = run(FLAMBEAU_KERNELS.conv2d, { input, weight, bias }, attrs) as [tf.Tensor];
    read(convolved);
    const pooled = relu ? run(FLAMBEAU_KERNELS.relu, { input: convolved })[0]! : convolved;
    read(pooled);
    const [output, indices] = run(FLAMBEAU_KERNELS.maxPool2d, { input: pooled }, pooling) as [tf.Tensor, tf.Tensor];
    const gradOutput = tf.tensor(numbers.gradOutput, output.shape);
    const inputShape = pooled.shape;
    const [spread] = run(FLAMBEAU_KERNELS.maxPool2dBackward, { gradOutput, indices }, { inputShape }) as [tf.Tensor];
    read(spread);
    const gradient = relu ? run(FLAMBEAU_KERNELS.reluBackward, { gradOutput: spread, output: pooled })[0]! : spread;
    read(gradient);
    const shapes = { inputShape: convolution.input, weightShape: convolution.weight };
    const back = (name: string, other: tf.NamedTensorMap) =>
      run(name, { gradOutput: gradient, ...other }, { ...attrs, ...shapes })[0]!;
    return {
      output,
      indices,
      gradInput: back(FLAMBEAU_KERNELS.conv2dBackwardInput, { weight }),
      gradWeight: back(FLAMBEAU_KERNELS.conv2dBackwardWeight, { input }),
      gradBias: back(FLAMBEAU_KERNELS.conv2dBackwardBias, {}),
    };
  });
  const values = Object.entries(results).map(([name, tensor]) => {
    const numbers = tensor.dataSync<'float32'>();
    tensor.dispose();
    return [name, numbers] as const;
  });
  return Object.fromEntries(values) as Record<keyof typeof results, Float32Array>;
}

function numbersFor({ convolution, pooling }: Chain, seed: number): Numbers {
  const random = generator(seed);
  const [batch, channels] = outputShape(convolution) as [number, number];
  return {
    input: randomFloats(sizeOf(convolution.input), random),
    weight: randomFloats(sizeOf(convolution.weight), random),
    bias: randomFloats(channels, random),
    gradOutput: randomFloats(batch * channels * sizeOf(pooling.outputSize), random),
  };
}

const readAll = (tensor: tf.Tensor) => void tensor.dataSync();
const readNone = () => {};

function check(chain: Chain, numbers: Numbers): void {
  const backend = useTestBackend();
  const before = backend.heap.usedBytes;
  const apart = runChain(chain, numbers, readAll);
  const atOnce = runChain(chain, numbers, readNone);
  expect(atOnce.output).toEqual(apart.output);
  expect(atOnce.indices).toEqual(apart.indices);
  expectClose(atOnce.gradInput, apart.gradInput);
  expectClose(atOnce.gradWeight, apart.gradWeight);
  expectClose(atOnce.gradBias, apart.gradBias);
  expect(backend.heap.usedBytes).toBe(before);
}

const convolution: ConvolutionCase = {
  ...{ input: [3, 6, 12, 12], weight: [12, 6, 5, 5] },
  ...{ stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 },
};
const notes: Chain = { convolution, pooling: poolingOf(outputShape(convolution), [2, 2], [2, 2]), relu: true };
const attrs = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };

describeOnThreads('convolution, ReLU and pooling', () => {
  test('give the same bits when they are done at once as one by one, and the same gradients', () => {
    fc.assert(
      fc.property(chains, ({ chain, seed }) => check(chain, numbersFor(chain, seed))),
      { numRuns: 200 },
    );
  });

  test('also with NaN, infinities and zeros of both signs, forward', () => {
    const numbers = numbersFor(notes, 3);
    const special = { ...numbers, input: withSpecialValues(numbers.input, generator(4)) };
    const apart = runChain(notes, special, readAll);
    const atOnce = runChain(notes, special, readNone);
    expect(atOnce.output).toEqual(apart.output);
    expect(atOnce.indices).toEqual(apart.indices);
    expect(atOnce.output.some(Number.isNaN)).toBe(true);
  });

  test('an infinite gradient reaches the windows that it belongs to, and no others', () => {
    const numbers = numbersFor(notes, 5);
    numbers.gradOutput[7] = Number.POSITIVE_INFINITY;
    numbers.gradOutput[200] = Number.NaN;
    check(notes, numbers);
  });

  test('take the weights that were there when they were called, whatever becomes of them', () => {
    const backend = useTestBackend();
    const before = backend.heap.usedBytes;
    tf.tidy(() => {
      const input = tf.ones([1, 1, 3, 3]);
      const param = tf.ones([1, 1, 2, 2]);
      const [convolved] = run(FLAMBEAU_KERNELS.conv2d, { input, weight: param }, attrs) as [tf.Tensor];
      const inputs = { param0: param, grad0: tf.ones([1, 1, 2, 2]) };
      const sgd = tf.getKernel(FLAMBEAU_KERNELS.sgd, tf.getBackend());
      const rates = { lr: 1, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false };
      sgd.kernelFunc({ inputs, attrs: { count: 1, ...rates, firstStep: true }, backend });
      expect(Array.from(param.dataSync())).toEqual([0, 0, 0, 0]);
      expect(Array.from(convolved.dataSync())).toEqual([4, 4, 4, 4]);
    });
    expect(backend.heap.usedBytes).toBe(before);
  });

  test('free what they held when nobody ever reads them, and when the input is gone before they are read', () => {
    const backend = useTestBackend();
    const before = backend.heap.usedBytes;
    const input = tf.ones([1, 1, 3, 3]);
    const weight = tf.ones([1, 1, 2, 2]);
    const [unread] = run(FLAMBEAU_KERNELS.conv2d, { input, weight }, attrs) as [tf.Tensor];
    const [rectified] = run(FLAMBEAU_KERNELS.relu, { input: unread }) as [tf.Tensor];
    const [read] = run(FLAMBEAU_KERNELS.conv2d, { input, weight }, attrs) as [tf.Tensor];
    tf.dispose([input, weight, unread, rectified]);
    expect(Array.from(read.dataSync())).toEqual([4, 4, 4, 4]);
    read.dispose();
    expect(backend.heap.usedBytes).toBe(before);
  });

  test('a convolution that others read besides the pooling is computed twice once, and at once from then on', () => {
    const backend = useTestBackend();
    const numbers = numbersFor(notes, 6);
    const odd: Chain = { ...notes, convolution: { ...convolution, weight: [7, 6, 5, 5] } };
    const isDeferred = (tensor: tf.Tensor) => backend.storage(tensor).deferred !== undefined;
    const seen: boolean[] = [];
    for (let round = 0; round < 3; round++) {
      tf.tidy(() => {
        const input = tf.tensor(numbers.input, odd.convolution.input);
        const weight = tf.tensor(numbers.weight.slice(0, 7 * 150), odd.convolution.weight);
        const [convolved] = run(FLAMBEAU_KERNELS.conv2d, { input, weight }, attrs) as [tf.Tensor];
        seen.push(isDeferred(convolved));
        const [output] = run(FLAMBEAU_KERNELS.maxPool2d, { input: convolved }, notes.pooling) as [tf.Tensor];
        expect(tf.max(output).dataSync()).toEqual(tf.max(convolved).dataSync());
      });
    }
    expect(seen).toEqual([true, false, false]);
  });
});

test('out of memory in the middle of what was deferred: an error, and nothing left behind', () => {
  tf.setBackend(registerSimdBackend({ name: 'simd-deferred-small', maxMemoryBytes: 2 ** 22 }));
  const backend = tf.backend() as SimdBackend;
  const before = backend.heap.usedBytes;
  tf.tidy(() => {
    const input = tf.ones([1, 1, 300, 300]);
    const weight = tf.ones([64, 1, 3, 3]);
    const [convolved] = run(FLAMBEAU_KERNELS.conv2d, { input, weight }, attrs) as [tf.Tensor];
    for (let time = 0; time < 2; time++) {
      expect(() => convolved.dataSync()).toThrow('The simd backend is out of memory');
    }
    expect(Array.from(tf.max(input).dataSync())).toEqual([1]);
  });
  expect(backend.heap.usedBytes).toBe(before);
});
