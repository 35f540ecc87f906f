import { engine, type TensorInfo, util, type Variable } from '@tensorflow/tfjs-core';
import type { AdamAttributes } from '../../ops/adam.ts';
import type { KernelCall } from './kernel.ts';
import { runProgram } from './program.ts';

/**
 * A dispatch a parameter, which computes it and both its moments: WebGPU binds eight arrays at once, not those of all
 * parameters. What is computed is new, and then assigned: the old values may be shared.
 */
export function adam({
  inputs,
  attrs: { count, lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, step, maximize },
  backend,
}: KernelCall<Record<string, Variable>, AdamAttributes>): TensorInfo[] {
  for (let i = 0; i < count; i++) {
    const [param, grad, average, square] = ['param', 'grad', 'expAvg', 'expAvgSq'].map((name) => inputs[`${name}${i}`]);
    const [newParam, newAverage, newSquare] = [0, 1, 2].map(() => backend.makeTensorInfo(param.shape, 'float32'));
    runProgram(backend, {
      name: 'adam',
      reads: { p: param, g: grad, m: average, v: square },
      writes: { new_p: newParam, new_m: newAverage, new_v: newSquare },
      integers: { maximize: maximize ? 1 : 0, decoupled: decoupledWeightDecay ? 1 : 0 },
      floats: {
        ...{
          beta1: 1 - beta1,
          beta2,
          one_minus_beta2: 1 - beta2,
          eps,
          decay: weightDecay,
          shrink: 1 - lr * weightDecay,
        },
        ...{ step_size: lr / (1 - beta1 ** step), root: Math.sqrt(1 - beta2 ** step) },
      },
      main: `
        var value = p[index];
        var gradient = select(g[index], -g[index], u.maximize == 1);
        if (u.decoupled == 1) { value *= u.shrink; } else { gradient += value * u.decay; }
        let average = m[index] + (gradient - m[index]) * u.beta1;
        let square = v[index] * u.beta2 + gradient * gradient * u.one_minus_beta2;
        new_m[index] = average;
        new_v[index] = square;
        new_p[index] = value - average / (sqrt(square) / u.root + u.eps) * u.step_size;`,
      threads: { each: util.sizeFromShape(param.shape) },
    });
    const places = [
      [param, newParam],
      [average, newAverage],
      [square, newSquare],
    ] as const;
    for (const [variable, info] of places) {
      const tensor = engine().makeTensorFromTensorInfo(info);
      variable.assign(tensor);
      tensor.dispose();
    }
  }
  return [];
}
