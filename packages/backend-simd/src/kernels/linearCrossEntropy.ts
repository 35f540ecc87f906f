import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { FLAMBEAU_KERNELS } from './contract.ts';
import { crossEntropyOfRows, reduceLosses } from './crossEntropy.ts';
import type {
  CrossEntropyAttributes,
  LinearCrossEntropyBackwardInputs,
  LinearCrossEntropyInputs,
} from './crossEntropyContract.ts';
import { project } from './linear.ts';
import { multiply } from './matMul.ts';
import { sumRows } from './sumRows.ts';

/** The rows whose targets count; all that is computed is computed of these alone. */
interface CountingRows {
  /** Their numbers among all, int32 `[m]`. */
  ids: TensorInfo;
  /** Their targets, int32 `[m]`. */
  targets: TensorInfo;
  /** `[m, K]` */
  input: TensorInfo;
  /** How many there are. */
  count: number;
  dispose(): void;
}

function countingRows(backend: SimdBackend, input: TensorInfo, target: TensorInfo, ignoreIndex: number): CountingRows {
  const features = input.shape[1]!;
  const numbers: number[] = [];
  const classes: number[] = [];
  for (const [row, value] of backend.values<Int32Array>(target).entries()) {
    if (value === ignoreIndex) continue;
    numbers.push(row);
    classes.push(value);
  }
  const count = numbers.length;
  const ids = backend.output([count], 'int32');
  const targets = backend.output([count], 'int32');
  backend.values<Int32Array>(ids).set(numbers);
  backend.values<Int32Array>(targets).set(classes);
  const all = count === input.shape[0];
  const rows = all ? input : backend.output([count, features], 'float32');
  if (!all) gather(backend, input, ids, rows, features, count);
  const made = all ? [ids, targets] : [ids, targets, rows];
  const dispose = () => {
    for (const tensor of made) backend.disposeIntermediateTensorInfo(tensor);
  };
  return { ids, targets, input: rows, count, dispose };
}

function gather(
  backend: SimdBackend,
  from: TensorInfo,
  ids: TensorInfo,
  to: TensorInfo,
  width: number,
  count: number,
): void {
  const split = backend.split(count, count * width * COST.copy, Math.ceil(CACHE_LINE / Math.max(1, width)));
  const pointers = [backend.pointer(from), backend.pointer(ids), backend.pointer(to)] as const;
  backend.run('gatherRows', split, [...pointers, width * 4, 0, count]);
}

export const linearCrossEntropyKernels = [
  kernel<LinearCrossEntropyInputs, CrossEntropyAttributes>(
    FLAMBEAU_KERNELS.linearCrossEntropy,
    ({ inputs, attrs, backend }) => {
      const { input, linearWeight, linearBias, target, weight } = inputs;
      const [all, features] = input.shape as [number, number];
      const [classes] = linearWeight.shape as [number, number];
      const loss = backend.output(attrs.reduction === 'none' ? [all] : [], 'float32');
      const predictions = backend.output([all], 'int32');
      const totalWeight = backend.output([], 'float32');
      const rows = countingRows(backend, input, target, attrs.ignoreIndex);
      const { count } = rows;
      // The logits, whose place the probabilities take.
      const probabilities = backend.output([count, classes], 'float32');
      const predicted = backend.output([count], 'int32');
      const linear = { input: rows.input, weight: linearWeight, bias: linearBias };
      if (count > 0) project(backend, linear, probabilities, [count, classes, features]);
      const at = backend.pointer(probabilities);
      const ofRows = crossEntropyOfRows(
        backend,
        {
          ...{ logits: at, targets: backend.pointer(rows.targets), weights: weight ? backend.pointer(weight) : 0 },
          ...{ probabilities: at, predictions: backend.pointer(predicted), rows: count, classes },
        },
        attrs,
      );
      const ids = backend.values<Int32Array>(rows.ids);
      reduceLosses(backend, ofRows, loss, totalWeight, attrs.reduction, ids);
      const [from, to] = [backend.values<Int32Array>(predicted), backend.values<Int32Array>(predictions)];
      to.fill(-1);
      for (const [row, id] of ids.entries()) to[id] = from[row]!;
      rows.dispose();
      backend.disposeIntermediateTensorInfo(predicted);
      return [loss, predictions, probabilities, totalWeight];
    },
  ),

  kernel<LinearCrossEntropyBackwardInputs, CrossEntropyAttributes>(
    FLAMBEAU_KERNELS.linearCrossEntropyBackward,
    ({ inputs, attrs, backend }) => {
      const { gradOutput, input, linearWeight, target, weight, probabilities, totalWeight } = inputs;
      const { ignoreIndex, labelSmoothing, reduction } = attrs;
      const [all, features] = input.shape as [number, number];
      const [classes] = linearWeight.shape as [number, number];
      const gradInput = backend.output([all, features], 'float32');
      const gradWeight = backend.output([classes, features], 'float32');
      const gradBias = backend.output([classes], 'float32');
      const rows = countingRows(backend, input, target, ignoreIndex);
      const { count } = rows;
      const ofLogits = backend.output([count, classes], 'float32');
      const scales = reduction === 'none' ? backend.output([count], 'float32') : gradOutput;
      if (reduction === 'none') gather(backend, gradOutput, rows.ids, scales, 1, count);
      const ofRows = count === all ? gradInput : backend.output([count, features], 'float32');
      const pointer = (tensor: TensorInfo | undefined) => (tensor ? backend.pointer(tensor) : 0);
      backend.run('crossEntropyBackwardRows', backend.split(count, count * classes * COST.element, 1), [
        ...([pointer(scales), reduction === 'none' ? 4 : 0] as const),
        reduction === 'mean' ? backend.values<Float32Array>(totalWeight)[0]! : 1,
        ...([pointer(probabilities), pointer(rows.targets), pointer(weight), pointer(ofLogits)] as const),
        ...([classes, ignoreIndex, labelSmoothing, 0, count] as const),
      ]);
      const [g, w, x] = [pointer(ofLogits), pointer(linearWeight), pointer(rows.input)];
      multiply(backend, g, w, pointer(ofRows), [count, features, classes], false, false);
      multiply(backend, g, x, pointer(gradWeight), [classes, features, count], true, false);
      sumRows(backend, ofLogits, gradBias);
      if (count !== all) {
        backend.wasm.scatterAddRows(
          ...([pointer(ofRows), pointer(rows.ids), pointer(gradInput), features, count, all] as const),
        );
        backend.disposeIntermediateTensorInfo(ofRows);
      }
      if (scales !== gradOutput) backend.disposeIntermediateTensorInfo(scales);
      backend.disposeIntermediateTensorInfo(ofLogits);
      rows.dispose();
      return [gradInput, gradWeight, gradBias];
    },
  ),
];
