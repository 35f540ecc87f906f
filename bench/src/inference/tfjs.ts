import type * as tf from '@tensorflow/tfjs-core';
import type { PreparedOp } from '../ops/protocol.ts';
import { digest, values } from '../ops/values.ts';
import { notesCnnWeights } from './weights.ts';

/** The notes' CNN in TensorFlow.js's ops and layout (NHWC), convolutions fused as it knows to; the logits are read. */
export function predictWithTfjs(tfjs: typeof tf, batch: number): PreparedOp {
  const weights = new Map(
    notesCnnWeights().map(({ name, shape, data }) => {
      const tensor = tfjs.tensor(data, [...shape]);
      // [outputs, inputs, height, width] → [height, width, inputs, outputs]
      const own = shape.length === 4 ? tfjs.transpose(tensor, [2, 3, 1, 0]) : tensor;
      if (own !== tensor) tensor.dispose();
      return [name, own];
    }),
  );
  const images = tfjs.tidy(() =>
    tfjs.transpose(tfjs.tensor(values(batch * 28 * 28, 0), [batch, 1, 28, 28]), [0, 2, 3, 1]),
  ) as tf.Tensor4D;
  const convolve = (x: tf.Tensor4D, layer: string) => {
    const [filter, bias] = [weights.get(`${layer}.weight`) as tf.Tensor4D, weights.get(`${layer}.bias`)!];
    const active = tfjs.fused.conv2d({ x, filter, strides: 1, pad: 'valid', bias, activation: 'relu' });
    return tfjs.maxPool(active, 2, 2, 'valid');
  };
  // Not `fused.matMul`, whose bias TensorFlow.js's wasm backend gets wrong.
  const linear = (x: tf.Tensor, layer: string) => {
    return tfjs.add(tfjs.matMul(x, weights.get(`${layer}.weight`)!, false, true), weights.get(`${layer}.bias`)!);
  };
  const forward = () => {
    const maps = convolve(convolve(images, 'conv1'), 'conv2');
    // In PyTorch's order, which the weights of fc1 expect.
    const flat = tfjs.reshape(tfjs.transpose(maps, [0, 3, 1, 2]), [batch, 192]);
    return linear(tfjs.relu(linear(tfjs.relu(linear(flat, 'fc1')), 'fc2')), 'out');
  };
  const predict = async () => {
    const logits = tfjs.tidy(forward);
    const data = await logits.data();
    logits.dispose();
    return data;
  };
  return {
    run: async () => void (await predict()),
    digest: async () => digest(await predict()),
    dispose() {
      tfjs.dispose([images, ...weights.values()]);
    },
  };
}
