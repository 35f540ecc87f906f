import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';
import { conformanceCases, relativeError, runCase } from '../../src/conformance/index.ts';
import { opDefinitions } from '../../src/ops/op.ts';
import { hostArray } from '../../src/tensor/hostArray.ts';
import { webgpuOrReason } from './webgpu.ts';

const webgpuMissing = await webgpuOrReason();

describe.each([
  { name: 'simd', missing: '' },
  { name: 'cpu', missing: '' },
  { name: 'webgpu', missing: webgpuMissing },
])('conformance of $name', ({ name, missing }) => {
  let backend: Backend;
  let reference: Backend;
  beforeAll(async () => {
    reference = await createBackend('cpu');
    if (missing === '') backend = await createBackend(name);
  });

  it.skipIf(missing !== '').each(conformanceCases)('$op: $title', async (test) => {
    const { errors, worst } = await runCase(test, backend, reference);
    expect(worst, JSON.stringify(errors)).toBeLessThanOrEqual(1e-5);
  });
});

describe('the suite itself', () => {
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
});
