import { it } from 'vitest';
import * as F from '../../src/functional/index.ts';
import { expectGradients } from './gradients.ts';
import { loadGolden } from './load.ts';
import { onBackends } from './onBackends.ts';

const cases = loadGolden<{ start_dim?: number; end_dim?: number }>('flatten');

onBackends('flatten', (backend) => {
  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const { start_dim, end_dim } = golden.config;
    await expectGradients(backend(), golden, ['input'], ({ input }) =>
      F.flatten(input!, { startDim: start_dim, endDim: end_dim }),
    );
  });
});
