import { describe, expect, it } from 'vitest';
import { TOLERANCE } from './closeTo.ts';
import { families } from './families/all.ts';
import { onBackends } from './onBackends.ts';

onBackends("PyTorch's numbers", (backend) => {
  describe.each(Object.entries(families))('%s', (_, tests) => {
    it.each(tests.map((test) => [test.name, test] as const))('%s', async (_, test) => {
      const comparisons = await test.compare(backend());
      expect(comparisons).not.toEqual([]);
      expect(comparisons.filter(({ error }) => !(error <= TOLERANCE))).toEqual([]);
    });
  });
});
