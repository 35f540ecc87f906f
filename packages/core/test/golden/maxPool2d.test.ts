import { it } from 'vitest';
import * as F from '../../src/functional/index.ts';
import { expectGradients } from './gradients.ts';
import { loadGolden } from './load.ts';
import { onBackends } from './onBackends.ts';

interface Config {
  kernel_size: F.Pair;
  stride?: F.Pair;
  padding?: F.Pair;
  dilation?: F.Pair;
  ceil_mode?: boolean;
}

const cases = loadGolden<Config>('max_pool2d');

onBackends('maxPool2d', (backend) => {
  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const { kernel_size, ceil_mode, stride, padding, dilation } = golden.config;
    await expectGradients(backend(), golden, ['input'], ({ input }) =>
      F.maxPool2d(input!, kernel_size, { stride, padding, dilation, ceilMode: ceil_mode }),
    );
  });
});
