import { fill, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { make, repeat, runKernel } from './flambeauKernels.ts';
import type { PreparedOp } from './protocol.ts';
import type { OpSpec } from './rows.ts';

type FusedSpec = Extract<OpSpec, { readonly op: 'convReluPool' | 'convReluPoolBackward' }>;

/** The three kernels as a network runs them, and their gradients' as its backward pass does. */
export function convolutionReluPool(spec: FusedSpec): PreparedOp {
  const { op, n, c, size, o, kernel, bias: level, inputGradient } = spec;
  const output = size - kernel + 1;
  const input = make([n, c, size, size], 0);
  const weight = make([o, c, kernel, kernel], 1);
  const bias = fill([o], level);
  const gradPooled = make([n, o, output / 2, output / 2], 3);
  const owned = [input, weight, bias, gradPooled];

  const [pair, none] = [
    [2, 2],
    [0, 0, 0, 0],
  ];
  const geometry = { stride: [1, 1], padding: none, dilation: [1, 1], groups: 1 };
  const pool = {
    kernelSize: pair,
    stride: pair,
    padding: none,
    dilation: [1, 1],
    outputSize: [output / 2, output / 2],
  };
  const forward = () => {
    const [convolved] = runKernel('conv2d', { input, weight, bias }, geometry);
    const [active] = runKernel('relu', { input: convolved! }, {});
    const [pooled, indices] = runKernel('maxPool2d', { input: active! }, pool);
    return { convolved: convolved!, active: active!, pooled: pooled!, indices: indices! };
  };
  if (op === 'convReluPool') {
    return repeat(owned, () => {
      const { convolved, active, pooled, indices } = forward();
      for (const tensor of [convolved, active, indices]) tensor.dispose();
      return [pooled];
    });
  }

  const { convolved, active, pooled, indices } = forward();
  const backward = () => {
    const [gradActive] = runKernel(
      'maxPool2dBackward',
      { gradOutput: gradPooled, indices },
      { inputShape: active.shape },
    );
    const [gradOutput] = runKernel('reluBackward', { gradOutput: gradActive!, output: active }, {});
    const gradients = gradientsOf(gradOutput!);
    gradActive!.dispose();
    gradOutput!.dispose();
    return gradients;
  };
  return repeat([...owned, convolved, active, pooled, indices], backward, 'all');

  function gradientsOf(gradOutput: Tensor): Tensor[] {
    const run = (name: Parameters<typeof runKernel>[0], inputs: NamedTensorMap, attributes: object) => {
      return runKernel(name, inputs, { ...geometry, ...attributes })[0]!;
    };
    return [
      ...(inputGradient ? [run('conv2dBackwardInput', { gradOutput, weight }, { inputShape: input.shape })] : []),
      run('conv2dBackwardWeight', { gradOutput, input }, { weightShape: weight.shape }),
      run('conv2dBackwardBias', { gradOutput }, {}),
    ];
  }
}
