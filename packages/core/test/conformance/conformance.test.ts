import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';
import { conformanceCases, relativeError } from '../../src/conformance/index.ts';
import { opDefinitions } from '../../src/ops/op.ts';
import { hostArray } from '../../src/tensor/hostArray.ts';
import { conformanceOf } from './conformanceOf.ts';
import { nativeOrReason } from './native.ts';
import { webgpuOrReason } from './webgpu.ts';

conformanceOf('simd');
conformanceOf('cpu');
conformanceOf('wasm');
conformanceOf('webgpu', await webgpuOrReason());
conformanceOf('node', await nativeOrReason('node'));

describe('the suite itself', () => {
  let simd: Backend;
  beforeAll(async () => {
    simd = await createBackend('simd');
  });

  it('has a case for every op and, through its gradient, every backward op', () => {
    const forward = [...opDefinitions.keys()].filter((name) => !name.includes('_backward'));
    const covered = new Set(conformanceCases.map(({ op }) => op));
    expect(forward.filter((name) => !covered.has(name))).toEqual([]);
  });

  it('sees a wrong number, a wrong shape, a NaN and a missing infinity', () => {
    const array = (...values: number[]) => hostArray('float32', [values.length], Float32Array.from(values));
    expect(relativeError(array(1, 2), array(1, 2))).toBe(0);
    expect(relativeError(array(1, 3), array(1, 2))).toBe(0.5);
    expect(relativeError(array(1, 2, 3), array(1, 2))).toBe(Number.POSITIVE_INFINITY);
    expect(relativeError(array(1, Number.NaN), array(1, 2))).toBe(Number.POSITIVE_INFINITY);
    expect(relativeError(array(1, 2), array(1, Number.POSITIVE_INFINITY))).toBe(Number.POSITIVE_INFINITY);
    expect(relativeError(array(Number.NaN), array(Number.NaN))).toBe(0);
  });

  it('fails a case that is off by more than its tolerance', async () => {
    const { runCase } = await import('../../src/conformance/index.ts');
    let calls = 0;
    const input = hostArray('float32', [2], Float32Array.of(1, 2));
    const drifting = {
      op: 'test',
      title: 'drifts',
      inputs: { input },
      differentiable: [],
      // The reference is computed first, and then the backend: 3e-4 off.
      compute: ({ input }: Record<string, import('@tensorflow/tfjs-core').Tensor>) => [
        simd.tensor(hostArray('float32', input!.shape, Float32Array.of(1, 2 + 6e-4 * calls++))),
      ],
    };
    expect(await runCase(drifting, simd, simd)).toMatchObject({ passed: false });
    calls = 0;
    expect(await runCase({ ...drifting, tolerance: 1e-3 }, simd, simd)).toMatchObject({ passed: true });
  });
});
