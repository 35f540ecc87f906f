import { it } from 'vitest';
import * as F from '../../src/functional/index.ts';
import { expectGradients } from './gradients.ts';
import { loadGolden } from './load.ts';
import { onBackends } from './onBackends.ts';

const cases = loadGolden('relu');

onBackends('relu', (backend) => {
  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    await expectGradients(backend(), golden, ['input'], ({ input }) => F.relu(input!));
  });
});
