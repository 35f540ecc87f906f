import { simdThreadCount } from '@flambeau/backend-simd';
import { createBackend, functional as F, manualSeed, optim, setDefaultBackend } from '@flambeau/core';
import { dispose, matMul, type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { PlainCnn } from '../epoch/plainCnn.ts';
import { predictWithFlambeau } from '../inference/flambeau.ts';
import { trainSeq2Seq } from '../seq2seq/step.ts';
import { textStep } from '../text/textStep.ts';
import { convolutionReluPool } from './flambeauFused.ts';
import { type Kernel, make, repeat, runKernel } from './flambeauKernels.ts';
import type { OpLibrary, PreparedOp } from './protocol.ts';
import { recurrentLayer } from './recurrent.ts';
import type { OpSpec } from './rows.ts';
import { classes, digest } from './values.ts';

/** This library on backend-simd. Ops are called as kernels, gradients too: PyTorch's are called as its `aten` ops. */
export async function openFlambeau(threads: number): Promise<OpLibrary> {
  const backend = await createBackend('simd', { threads });
  setDefaultBackend(backend);
  const granted = simdThreadCount(threads);
  if (granted !== threads) throw new Error(`backend-simd was asked for ${threads} threads and runs on ${granted}`);
  return { device: backend.device, prepare };
}

function prepare(spec: OpSpec): PreparedOp | undefined {
  switch (spec.op) {
    case 'matmul': {
      const { batch = 1, m, k, n, transposeA = false, transposeB = false } = spec;
      const lead = batch > 1 ? [batch] : [];
      const a = make([...lead, ...(transposeA ? [k, m] : [m, k])], 0);
      const b = make([...lead, ...(transposeB ? [n, k] : [k, n])], 1);
      return repeat([a, b], () => [matMul(a, b, transposeA, transposeB)]);
    }
    case 'conv2d':
    case 'conv2dBackwardInput':
    case 'conv2dBackwardWeight': {
      const { op, n, c, size, o, kernel } = spec;
      const output = size - kernel + 1;
      const input = make([n, c, size, size], 0);
      const weight = make([o, c, kernel, kernel], 1);
      const bias = make([o], 2);
      const gradOutput = make([n, o, output, output], 3);
      const attributes = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
      const inputs = [input, weight, bias, gradOutput];
      if (op === 'conv2d') return kernelOp(inputs, op, { input, weight, bias }, attributes);
      if (op === 'conv2dBackwardInput') {
        return kernelOp(inputs, op, { gradOutput, weight }, { ...attributes, inputShape: input.shape });
      }
      return kernelOp(inputs, op, { gradOutput, input }, { ...attributes, weightShape: weight.shape });
    }
    case 'convReluPool':
    case 'convReluPoolBackward':
      return convolutionReluPool(spec);
    case 'maxPool2d':
    case 'maxPool2dBackward': {
      const { op, n, c, size } = spec;
      const input = make([n, c, size, size], 0);
      const gradOutput = make([n, c, size / 2, size / 2], 3);
      const pair = [2, 2];
      const forward = {
        kernelSize: pair,
        stride: pair,
        padding: [0, 0, 0, 0],
        dilation: [1, 1],
        outputSize: [size / 2, size / 2],
      };
      if (op === 'maxPool2d') return kernelOp([input, gradOutput], op, { input }, forward);
      const [pooled, indices] = runKernel('maxPool2d', { input }, forward);
      return kernelOp(
        [input, gradOutput, pooled!, indices!],
        op,
        { gradOutput, indices: indices! },
        { inputShape: input.shape },
      );
    }
    case 'crossEntropy':
    case 'crossEntropyBackward': {
      const { op, n, classes: count } = spec;
      const input = make([n, count], 0);
      const target = tensor(classes(n, count), [n], 'int32');
      const attributes = { ignoreIndex: -100, labelSmoothing: 0, reduction: 'mean' };
      if (op === 'crossEntropy') return kernelOp([input, target], op, { input, target }, attributes);
      const [loss, probabilities, totalWeight] = runKernel('crossEntropy', { input, target }, attributes);
      const gradOutput = tensor(1);
      return kernelOp(
        [input, target, loss!, probabilities!, totalWeight!, gradOutput],
        op,
        { gradOutput, probabilities: probabilities!, target, totalWeight: totalWeight! },
        attributes,
      );
    }
    case 'batchNorm':
    case 'batchNormBackward': {
      const { op, shape } = spec;
      const input = make(shape, 0);
      const weight = make([shape[1]!], 1);
      const bias = make([shape[1]!], 2);
      const gradOutput = make(shape, 3);
      const inputs = [input, weight, bias, gradOutput];
      if (op === 'batchNorm') return kernelOp(inputs, op, { input, weight, bias }, { eps: 1e-5 });
      const [normalized, mean, variance] = runKernel('batchNorm', { input, weight, bias }, { eps: 1e-5 });
      return kernelOp(
        [...inputs, normalized!, mean!, variance!],
        op,
        { gradOutput, input, mean: mean!, variance: variance!, weight },
        { eps: 1e-5 },
      );
    }
    case 'recurrentLayer':
      return recurrentLayer(spec);
    case 'adam':
      return adam();
    case 'trainStep':
      return trainStep(spec.batch, spec.size);
    case 'textStep':
      return textStep(spec);
    case 'seq2seqStep':
      return trainSeq2Seq(spec);
    case 'inference':
      return predictWithFlambeau(spec.batch);
    default:
      return undefined;
  }
}

function kernelOp(owned: readonly Tensor[], kernel: Kernel, inputs: NamedTensorMap, attributes: object): PreparedOp {
  return repeat(owned, () => runKernel(kernel, inputs, attributes));
}

function adam(): PreparedOp {
  const model = new PlainCnn();
  const parameters = [...model.parameters()];
  const gradients = parameters.map(({ shape }, index) => make(shape, index));
  const optimizer = new optim.Adam(parameters, { lr: 0.01 });
  return {
    run: () => optimizer.step(gradients),
    digest: async () => null,
    dispose() {
      dispose(gradients);
      optimizer.dispose();
      model.dispose();
    },
  };
}

function trainStep(batch: number, size: number): PreparedOp {
  manualSeed(0);
  const model = new PlainCnn(size);
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const images = make([batch, 1, size, size], 0);
  const labels = tensor(classes(batch, 10), [batch], 'int32');
  const step = () => optimizer.minimize(() => F.crossEntropy(model.forward(images), labels));
  return {
    run: () => step().dispose(),
    async digest() {
      const loss = step();
      const data = await loss.data();
      loss.dispose();
      return digest(data);
    },
    dispose() {
      dispose([images, labels]);
      optimizer.dispose();
      model.dispose();
    },
  };
}
