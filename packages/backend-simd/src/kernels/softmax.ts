import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel, runHostKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';

type RowFunction = 'softmaxRows' | 'logSoftmaxRows';

function overLastAxis(backend: SimdBackend, rowFunction: RowFunction, logits: TensorInfo): TensorInfo {
  const count = logits.shape[logits.shape.length - 1] ?? 1;
  const out = backend.output(logits.shape, 'float32');
  const rows = count === 0 ? 0 : util.sizeFromShape(logits.shape) / count;
  const split = backend.split(rows, rows * count * COST.softmax, Math.ceil(CACHE_LINE / Math.max(1, count)));
  backend.run(rowFunction, split, [backend.pointer(logits), backend.pointer(out), count, 0, rows]);
  return out;
}

export const softmaxKernels = [
  kernel<{ logits: TensorInfo }, { dim: number }>('Softmax', (call) => {
    const { logits } = call.inputs;
    const last = logits.shape.length - 1;
    const isLast = call.attrs.dim === -1 || call.attrs.dim === last;
    if (logits.dtype !== 'float32' || !isLast) return runHostKernel('Softmax', call);
    return overLastAxis(call.backend, 'softmaxRows', logits);
  }),

  // The cpu backend has no such kernel: tfjs's op composes it. Here it serves `engine().runKernel('LogSoftmax', …)`.
  kernel<{ logits: TensorInfo }, { axis: number }>('LogSoftmax', ({ inputs: { logits }, attrs, backend }) => {
    const last = logits.shape.length - 1;
    if (logits.dtype !== 'float32' || (attrs.axis !== -1 && attrs.axis !== last)) {
      throw new Error(
        `LogSoftmax: expected float32 logits and the last axis, got ${logits.dtype} [${logits.shape}] and axis ${attrs.axis}.`,
      );
    }
    return overLastAxis(backend, 'logSoftmaxRows', logits);
  }),
];
