import { pathToFileURL } from 'node:url';
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfLayers from '@tensorflow/tfjs-layers';
import { predictWithTfjs } from '../inference/tfjs.ts';
import { prepareFit } from '../layers/fit.ts';
import type { OpLibrary, PreparedOp } from './protocol.ts';
import type { OpSpec } from './rows.ts';
import { classes, digestOf, values } from './values.ts';

type Name = 'tfjs-cpu' | 'tfjs-wasm' | 'tfjs-node';
type Tfjs = typeof tf;

/**
 * TensorFlow.js's own backends, in the layout that they want (NHWC). wasm runs forward ops only: it lacks gradients that
 * training needs, and its max pool's is wrong.
 *
 * @param folder - where `@tensorflow/tfjs-node` is installed; among this project's packages otherwise.
 */
export async function openTfjs(name: Name, folder?: string): Promise<OpLibrary | string> {
  if (name === 'tfjs-node') {
    const entry = folder ? pathToFileURL(`${folder}/dist/index.js`).href : '@tensorflow/tfjs-node';
    // tfjs-node brings a TensorFlow.js of its own, and is to be used through it.
    const node = await import(entry).catch((error: Error) => error);
    if (node instanceof Error) return whyMissing(node);
    const own = (node.default ?? node) as Tfjs;
    await own.ready();
    if (own.getBackend() !== 'tensorflow') return '@tensorflow/tfjs-node has no native half here';
    const layers = own as Tfjs & typeof tfLayers;
    return {
      device: 'tfjs node',
      prepare: (spec) => (spec.op === 'layersFit' ? prepareFit(own, layers, spec) : prepare(own, spec, true)),
    };
  }
  if (name === 'tfjs-cpu') await import('@tensorflow/tfjs-backend-cpu');
  else await import('@tensorflow/tfjs-backend-wasm');
  const backend = name === 'tfjs-cpu' ? 'cpu' : 'wasm';
  if (!(await tf.setBackend(backend))) return `TensorFlow.js's ${backend} backend does not start here`;
  await tf.ready();
  return { device: `tfjs ${backend}`, prepare: (spec) => prepare(tf, spec, backend !== 'wasm') };
}

function whyMissing(error: Error & { readonly code?: string }): string {
  return error.code === 'ERR_MODULE_NOT_FOUND'
    ? '@tensorflow/tfjs-node is not installed (--tfjs-node says where it is)'
    : `@tensorflow/tfjs-node has no native half that loads here (${error.code ?? error.name})`;
}

function prepare(tf: Tfjs, spec: OpSpec, gradients: boolean): PreparedOp | undefined {
  const make = (shape: readonly number[], stream: number): Tensor => {
    return tf.tensor(
      values(
        shape.reduce((size, length) => size * length, 1),
        stream,
      ),
      [...shape],
    );
  };
  /** The same numbers as the others' NCHW. */
  const channelsLast = (shape: readonly number[], stream: number): Tensor => {
    return tf.tidy(() => tf.transpose(make(shape, stream), [0, 2, 3, 1]));
  };
  const filter = (o: number, c: number, kernel: number): Tensor => {
    return tf.tidy(() => tf.transpose(make([o, c, kernel, kernel], 1), [2, 3, 1, 0]));
  };
  const repeat = (owned: Tensor[], f: () => Tensor | Tensor[]): PreparedOp => ({
    run: () => tf.dispose(tf.tidy(f)),
    async digest() {
      const results = [tf.tidy(f)].flat();
      const data = await Promise.all(results.map((result) => result.data()));
      tf.dispose(results);
      return digestOf(data);
    },
    dispose: () => tf.dispose(owned),
  });
  const kernel = (name: string, inputs: Record<string, Tensor>, attributes: object): Tensor => {
    return tf.engine().runKernel(name, inputs, attributes as NamedAttrMap) as Tensor;
  };

  switch (spec.op) {
    case 'matmul': {
      const { batch = 1, m, k, n, transposeA = false, transposeB = false } = spec;
      const lead = batch > 1 ? [batch] : [];
      const a = make([...lead, ...(transposeA ? [k, m] : [m, k])], 0);
      const b = make([...lead, ...(transposeB ? [n, k] : [k, n])], 1);
      return repeat([a, b], () => tf.matMul(a, b, transposeA, transposeB));
    }
    case 'conv2d': {
      const { n, c, size, o, kernel: side } = spec;
      const [input, weight, bias] = [channelsLast([n, c, size, size], 0), filter(o, c, side), make([o], 2)];
      return repeat([input, weight, bias], () =>
        tf.add(tf.conv2d(input as tf.Tensor4D, weight as tf.Tensor4D, 1, 'valid'), bias),
      );
    }
    case 'conv2dBackwardInput':
    case 'conv2dBackwardWeight': {
      if (!gradients) return undefined;
      const { op, n, c, size, o, kernel: side } = spec;
      const output = size - side + 1;
      const [x, weight] = [channelsLast([n, c, size, size], 0), filter(o, c, side)];
      const dy = channelsLast([n, o, output, output], 3);
      const attributes = { strides: [1, 1], pad: 'valid', dataFormat: 'NHWC', dimRoundingMode: null };
      return repeat([x, weight, dy], () =>
        op === 'conv2dBackwardInput'
          ? kernel('Conv2DBackpropInput', { dy, filter: weight }, { ...attributes, inputShape: x.shape })
          : kernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: weight.shape }),
      );
    }
    case 'convReluPool':
    case 'convReluPoolBackward': {
      const { op, n, c, size, o, kernel: side, bias: level, inputGradient } = spec;
      if (op === 'convReluPoolBackward' && !gradients) return undefined;
      const [x, weight, bias] = [channelsLast([n, c, size, size], 0), filter(o, c, side), tf.fill([o], level)];
      const activate = () => {
        return tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, weight as tf.Tensor4D, 1, 'valid'), bias)) as tf.Tensor4D;
      };
      const pool = (active: tf.Tensor4D) => tf.maxPool(active, 2, 2, 'valid');
      if (op === 'convReluPool') return repeat([x, weight, bias], () => pool(activate()));
      const active = tf.tidy(activate);
      const output = pool(active);
      const dPooled = channelsLast([n, o, output.shape[1], output.shape[2]], 3);
      const pooling = { filterSize: [2, 2], strides: [2, 2], pad: 'valid', dimRoundingMode: null };
      const attributes = { strides: [1, 1], pad: 'valid', dataFormat: 'NHWC', dimRoundingMode: null };
      return repeat([x, weight, bias, active, output, dPooled], () => {
        const dActive = kernel('MaxPoolGrad', { dy: dPooled, input: active, output }, pooling);
        const dy = tf.mul(dActive, tf.step(active));
        return [
          ...(inputGradient
            ? [kernel('Conv2DBackpropInput', { dy, filter: weight }, { ...attributes, inputShape: x.shape })]
            : []),
          kernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: weight.shape }),
          tf.sum(dy, [0, 1, 2]),
        ];
      });
    }
    case 'maxPool2d':
    case 'maxPool2dBackward': {
      const { op, n, c, size } = spec;
      const input = channelsLast([n, c, size, size], 0);
      const pool = () => tf.maxPool(input as tf.Tensor4D, 2, 2, 'valid');
      if (op === 'maxPool2d') return repeat([input], pool);
      if (!gradients) return undefined;
      const [output, dy] = [pool(), channelsLast([n, c, size / 2, size / 2], 3)];
      const attributes = { filterSize: [2, 2], strides: [2, 2], pad: 'valid', dimRoundingMode: null };
      return repeat([input, output, dy], () => kernel('MaxPoolGrad', { dy, input, output }, attributes));
    }
    case 'crossEntropy': {
      const { n, classes: count } = spec;
      const logits = make([n, count], 0);
      const labels = tf.tensor(classes(n, count), [n], 'int32');
      const f = () => tf.losses.softmaxCrossEntropy(tf.oneHot(labels, count), logits);
      return repeat([logits, labels], f);
    }
    case 'batchNorm': {
      const { shape } = spec;
      const input = shape.length === 4 ? channelsLast(shape, 0) : make(shape, 0);
      const [scale, offset] = [make([shape[1]!], 1), make([shape[1]!], 2)];
      const axes = input.shape.map((_, axis) => axis).slice(0, -1);
      return repeat([input, scale, offset], () => {
        const { mean, variance } = tf.moments(input, axes);
        return tf.batchNorm(
          input,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          1e-5,
        );
      });
    }
    case 'adam':
      return gradients ? adam(tf, make) : undefined;
    case 'inference':
      return predictWithTfjs(tf, spec.batch);
    default:
      return undefined;
  }
}

function adam(tf: Tfjs, make: (shape: readonly number[], stream: number) => Tensor): PreparedOp {
  const shapes = [[6, 1, 5, 5], [6], [12, 6, 5, 5], [12], [120, 192], [120], [60, 120], [60], [10, 60], [10]];
  const variables = shapes.map((shape) => tf.variable(tf.zeros(shape)));
  const gradients = variables.map(({ name, shape }, index) => ({ name, tensor: make(shape, index) }));
  const optimizer = tf.train.adam(0.01);
  return {
    run: () => optimizer.applyGradients(gradients),
    digest: async () => null,
    dispose() {
      optimizer.dispose();
      tf.dispose(variables);
      tf.dispose(gradients.map(({ tensor }) => tensor));
    },
  };
}
