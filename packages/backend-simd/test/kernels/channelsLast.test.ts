import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectClose } from '../reference/close.ts';
import { type ConvolutionCase, outputShape, visitProducts } from '../reference/conv2d.ts';
import { generator, randomFloats, sizeOf } from '../reference/numbers.ts';
import { describeOnThreads, runKernel } from '../run.ts';

type Shape4d = [number, number, number, number];

/** Where the elements of an NCHW tensor lie in NHWC order. */
function channelsLast(values: ArrayLike<number>, [N, C, H, W]: Shape4d): Float64Array {
  const out = new Float64Array(values.length);
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let p = 0; p < H * W; p++) out[(n * H * W + p) * C + c] = values[(n * C + c) * H * W + p]!;
  return out;
}

/** [O, I, h, w] → TensorFlow.js's [h, w, I, O]. */
function toFilter(values: ArrayLike<number>, [O, I, h, w]: Shape4d): Float64Array {
  const out = new Float64Array(values.length);
  const [outer, inner] = [O * I, h * w];
  for (let o = 0; o < O; o++)
    for (let i = 0; i < I; i++)
      for (let p = 0; p < inner; p++) out[p * outer + i * O + o] = values[(o * I + i) * inner + p]!;
  return out;
}

const side = (most: number) => fc.integer({ min: 1, max: most });
const convolutions = fc.record({
  batch: side(2),
  channels: side(4),
  out: side(6),
  height: side(9),
  width: side(9),
  kernel: fc.tuple(side(3), side(3)),
  stride: side(2),
  pad: fc.constantFrom('same' as const, 'valid' as const),
  depthwise: fc.boolean(),
  seed: fc.nat(),
});

/** TensorFlow's "same": as much padding as the output ⌈size / stride⌉ needs, the odd pixel at the end. */
function samePadding(size: number, kernel: number, stride: number): [number, number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

describeOnThreads("TensorFlow.js's own convolutions (NHWC)", () => {
  test('and their gradients are the sums of products, depthwise too', () => {
    fc.assert(
      fc.property(convolutions, (c) => {
        const [kh, kw] = c.kernel;
        const none: [number, number] = [0, 0];
        const convolution: ConvolutionCase = {
          input: [c.batch, c.channels, c.height, c.width],
          weight: c.depthwise ? [c.channels * c.out, 1, kh, kw] : [c.out, c.channels, kh, kw],
          stride: [c.stride, c.stride],
          padding: [
            ...(c.pad === 'same' ? samePadding(c.height, kh, c.stride) : none),
            ...(c.pad === 'same' ? samePadding(c.width, kw, c.stride) : none),
          ],
          dilation: [1, 1],
          groups: c.depthwise ? c.channels : 1,
        };
        const shape = outputShape(convolution) as Shape4d;
        if (Math.min(...shape) < 1) return;
        const random = generator(c.seed);
        const x = randomFloats(sizeOf(convolution.input), random);
        const w = randomFloats(sizeOf(convolution.weight), random);
        const dy = randomFloats(sizeOf(shape), random);
        const y = new Float64Array(dy.length);
        const dx = new Float64Array(x.length);
        const dw = new Float64Array(w.length);
        visitProducts(convolution, (o, i, k) => {
          y[o]! += x[i]! * w[k]!;
          dx[i]! += dy[o]! * w[k]!;
          dw[k]! += dy[o]! * x[i]!;
        });

        const last = ([n, channels, height, width]: readonly number[]) => [n!, height!, width!, channels!];
        const filterShape = [kh, kw, c.channels, c.out];
        const filterOf = (values: ArrayLike<number>) =>
          c.depthwise ? depthwiseFilter(values, c.channels, c.out, kh * kw) : toFilter(values, convolution.weight);
        const inputs = {
          x: { values: channelsLast(x, convolution.input), shape: last(convolution.input) },
          filter: { values: filterOf(w), shape: filterShape },
          dy: { values: channelsLast(dy, shape), shape: last(shape) },
        };
        const attrs = { strides: [c.stride, c.stride], pad: c.pad, dataFormat: 'NHWC', dilations: [1, 1] };
        const name = c.depthwise ? 'DepthwiseConv2dNative' : 'Conv2D';
        const [forward] = runKernel(name, { x: inputs.x, filter: inputs.filter }, attrs);
        expect(forward!.shape).toEqual(last(shape));
        expectClose(forward!.values, channelsLast(y, shape));
        const [toInput] = runKernel(
          `${name}BackpropInput`,
          { dy: inputs.dy, filter: inputs.filter },
          { ...attrs, inputShape: inputs.x.shape },
        );
        expectClose(toInput!.values, channelsLast(dx, convolution.input));
        const [toWeight] = runKernel(
          `${name}BackpropFilter`,
          { x: inputs.x, dy: inputs.dy },
          { ...attrs, filterShape },
        );
        expect(toWeight!.shape).toEqual(filterShape);
        expectClose(toWeight!.values, filterOf(dw));

        const bias = randomFloats(shape[1], random);
        const [fused] = runKernel(
          c.depthwise ? 'FusedDepthwiseConv2D' : 'FusedConv2D',
          { x: inputs.x, filter: inputs.filter, bias: { values: bias, shape: [shape[1]] } },
          { ...attrs, activation: 'relu' },
        );
        expectClose(
          fused!.values,
          channelsLast(y, shape).map((value, at) => Math.max(0, value + bias[at % shape[1]]!)),
        );
      }),
      { numRuns: 120 },
    );
  });
});

/** [I·m, 1, taps] → TensorFlow.js's [taps, I, m]. */
function depthwiseFilter(values: ArrayLike<number>, channels: number, multiplier: number, taps: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let row = 0; row < channels * multiplier; row++)
    for (let p = 0; p < taps; p++) out[p * channels * multiplier + row] = values[row * taps + p]!;
  return out;
}

describeOnThreads("TensorFlow.js's own max pooling (NHWC)", () => {
  test('passes NaN over, and hands the gradient to the winner', () => {
    const x = { values: [1, 5, Number.NaN, 2, 3, 4, 0, -1, Number.NaN], shape: [1, 3, 3, 1] };
    const attrs = { filterSize: [2, 2], strides: [1, 1], pad: 'valid' };
    const [y] = runKernel('MaxPool', { x }, attrs);
    expect(Array.from(y!.values)).toEqual([5, 5, 3, 4]);
    const dy = { values: [1, 10, 100, 1000], shape: [1, 2, 2, 1] };
    const output = { values: y!.values, shape: [1, 2, 2, 1] };
    const [dx] = runKernel('MaxPoolGrad', { dy, input: x, output }, attrs);
    expect(Array.from(dx!.values)).toEqual([0, 11, 0, 0, 100, 1000, 0, 0, 0]);
  });

  test('2 × 2 windows side by side pass NaN over too', () => {
    const values = Array.from({ length: 16 }, (_, at) => (at % 3 === 0 ? Number.NaN : at));
    const attrs = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
    const [y] = runKernel('MaxPool', { x: { values, shape: [1, 2, 8, 1] } }, attrs);
    expect(Array.from(y!.values)).toEqual([8, 11, 13, 14]);
  });
});
