import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel, runHostKernel } from '../backend/kernel.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';

const gatherV2 = kernel<{ x: TensorInfo; indices: TensorInfo }, { axis: number; batchDims: number }>(
  'GatherV2',
  (call) => {
    const { backend } = call;
    const { x, indices } = call.inputs;
    const { axis, batchDims } = call.attrs;
    const isFourBytes = x.dtype === 'float32' || x.dtype === 'int32';
    if (!isFourBytes || indices.dtype !== 'int32' || batchDims) return runHostKernel('GatherV2', call);
    const [along] = util.parseAxisParam(axis, x.shape) as [number];
    const { outerSize, dimSize, sliceSize, outputShape } = backend_util.segment_util.collectGatherOpShapeInfo(
      x as never,
      indices as never,
      along,
      0,
    );
    const out = backend.output(outputShape, x.dtype as 'float32' | 'int32');
    const [from, at, to] = [backend.pointer(x), backend.pointer(indices), backend.pointer(out)];
    const count = util.sizeFromShape(indices.shape);
    const wrong = backend.values<Int32Array>(indices).find((index) => index < 0 || index >= dimSize);
    if (wrong !== undefined) throw new Error(`GatherV2: the index value ${wrong} is not in [0, ${dimSize - 1}]`);
    const bytes = sliceSize * 4;
    for (let outer = 0; outer < outerSize; outer++) {
      const split = backend.split(count, count * sliceSize * COST.copy, Math.ceil(CACHE_LINE / sliceSize));
      const [source, target] = [from + outer * dimSize * bytes, to + outer * count * bytes];
      backend.run('gatherRows', split, [source, at, target, bytes, 0, count]);
    }
    return out;
  },
);

/** The gradient of a gather: rows are added to where they came from; ids that name no segment are passed over. */
const unsortedSegmentSum = kernel<{ x: TensorInfo; segmentIds: TensorInfo }, { numSegments: number }>(
  'UnsortedSegmentSum',
  (call) => {
    const { backend } = call;
    const { x, segmentIds } = call.inputs;
    const { numSegments } = call.attrs;
    const isPlain = x.dtype === 'float32' && segmentIds.dtype === 'int32' && segmentIds.shape.length === 1;
    if (!isPlain || x.shape.length === 0) return runHostKernel('UnsortedSegmentSum', call);
    const out = backend.output([numSegments, ...x.shape.slice(1)], 'float32');
    const count = util.sizeFromShape(x.shape.slice(1));
    backend.wasm.scatterAddRows(
      backend.pointer(x),
      backend.pointer(segmentIds),
      backend.pointer(out),
      count,
      x.shape[0]!,
      numSegments,
    );
    return out;
  },
);

export const gatherKernels = [gatherV2, unsortedSegmentSum];
