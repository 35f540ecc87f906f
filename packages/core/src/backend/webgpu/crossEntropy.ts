import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { CrossEntropyAttributes } from '../../ops/crossEntropy.ts';
import type { KernelCall } from './kernel.ts';
import { GROUP, GROUP_SUM, runProgram } from './program.ts';

/** A workgroup a row for its probabilities and loss, and then one for the sum. */
export function crossEntropy({
  inputs: { input, target, weight },
  attrs: { ignoreIndex, labelSmoothing, reduction },
  backend,
}: KernelCall<{ input: TensorInfo; target: TensorInfo; weight: TensorInfo }, CrossEntropyAttributes>): TensorInfo[] {
  const [rows, classes] = input.shape;
  const probabilities = backend.makeTensorInfo([rows, classes], 'float32');
  const losses = backend.makeTensorInfo([rows], 'float32');
  const weights = backend.makeTensorInfo([rows], 'float32');
  runProgram(backend, {
    name: 'cross_entropy_rows',
    reads: { x: input, target_of: target, w: weight },
    writes: { p: probabilities, row_loss: losses, row_weight: weights },
    integers: { classes, ignored: ignoreIndex },
    floats: { smoothing: labelSmoothing },
    declarations: `${GROUP_SUM}
      fn max_of(value: f32, thread: i32) -> f32 {
        workgroupBarrier();
        parts[thread] = value;
        workgroupBarrier();
        for (var half = ${GROUP / 2}; half > 0; half /= 2) {
          if (thread < half) { parts[thread] = max(parts[thread], parts[thread + half]); }
          workgroupBarrier();
        }
        return parts[0];
      }`,
    main: `
      let first = group * u.classes;
      var own = -3.4e38;
      for (var c = thread; c < u.classes; c += ${GROUP}) { own = max(own, x[first + c]); }
      let largest = max_of(own, thread);
      var part = 0.0;
      for (var c = thread; c < u.classes; c += ${GROUP}) { part += exp(x[first + c] - largest); }
      let shift = largest + log(sum_of(part, thread));
      let wanted = target_of[group];
      var loss = 0.0;
      for (var c = thread; c < u.classes; c += ${GROUP}) {
        let value = x[first + c] - shift;
        p[first + c] = select(exp(value), 0.0, wanted == u.ignored);
        var share = u.smoothing / f32(u.classes) * w[c];
        if (c == wanted) { share += (1.0 - u.smoothing) * w[c]; }
        if (share != 0.0) { loss -= share * value; }
      }
      let total = sum_of(loss, thread);
      if (thread == 0) {
        let counts = wanted != u.ignored;
        row_loss[group] = select(0.0, total, counts);
        row_weight[group] = 0.0;
        if (counts) { row_weight[group] = w[wanted]; }
      }`,
    threads: { groups: rows },
  });
  const loss = backend.makeTensorInfo(reduction === 'none' ? [rows] : [], 'float32');
  const totalWeight = backend.makeTensorInfo([], 'float32');
  runProgram(backend, {
    name: 'cross_entropy_total',
    reads: { row_loss: losses, row_weight: weights },
    writes: { loss, total_weight: totalWeight },
    integers: { rows, none: reduction === 'none' ? 1 : 0, mean: reduction === 'mean' ? 1 : 0 },
    declarations: GROUP_SUM,
    main: `
      var own_loss = 0.0;
      var own_weight = 0.0;
      for (var row = thread; row < u.rows; row += ${GROUP}) {
        own_loss += row_loss[row];
        own_weight += row_weight[row];
        if (u.none == 1) { loss[row] = row_loss[row]; }
      }
      let sum = sum_of(own_loss, thread);
      let weight = sum_of(own_weight, thread);
      if (thread == 0) {
        total_weight[0] = weight;
        if (u.none == 0) { loss[0] = select(sum, sum / weight, u.mean == 1); }
      }`,
    threads: { groups: 1 },
  });
  for (const { dataId } of [losses, weights]) backend.disposeData(dataId);
  return [loss, probabilities, totalWeight];
}

/** A workgroup a row. */
export function crossEntropyBackward({
  inputs: { gradOutput, probabilities, target, weight, totalWeight },
  attrs: { ignoreIndex, labelSmoothing, reduction },
  backend,
}: KernelCall<
  {
    gradOutput: TensorInfo;
    probabilities: TensorInfo;
    target: TensorInfo;
    weight: TensorInfo;
    totalWeight: TensorInfo;
  },
  CrossEntropyAttributes
>): TensorInfo[] {
  const [rows, classes] = probabilities.shape;
  const gradInput = backend.makeTensorInfo([rows, classes], 'float32');
  runProgram(backend, {
    name: 'cross_entropy_backward',
    reads: { dy: gradOutput, p: probabilities, target_of: target, w: weight, total_weight: totalWeight },
    writes: { dx: gradInput },
    integers: {
      ...{ classes, ignored: ignoreIndex },
      ...{ perRow: util.sizeFromShape(gradOutput.shape) === 1 ? 0 : 1, mean: reduction === 'mean' ? 1 : 0 },
    },
    floats: { smoothing: labelSmoothing },
    declarations: GROUP_SUM,
    main: `
      let first = group * u.classes;
      let wanted = target_of[group];
      var scale = dy[group * u.perRow];
      if (u.mean == 1) { scale = select(scale / total_weight[0], 0.0, total_weight[0] == 0.0); }
      if (wanted == u.ignored) { scale = 0.0; }
      var part = 0.0;
      if (u.smoothing != 0.0) {
        for (var c = thread; c < u.classes; c += ${GROUP}) { part += u.smoothing / f32(u.classes) * w[c]; }
      }
      if (thread == 0 && wanted != u.ignored) { part += (1.0 - u.smoothing) * w[wanted]; }
      let shares = sum_of(part, thread);
      for (var c = thread; c < u.classes; c += ${GROUP}) {
        var share = u.smoothing / f32(u.classes) * w[c];
        if (c == wanted) { share += (1.0 - u.smoothing) * w[c]; }
        dx[first + c] = (p[first + c] * shares - share) * scale;
      }`,
    threads: { groups: rows },
  });
  return [gradInput];
}
