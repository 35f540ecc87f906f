import { it } from 'vitest';
import * as F from '../../src/functional/index.ts';
import { expectGradients } from './gradients.ts';
import { loadGolden } from './load.ts';
import { onBackends } from './onBackends.ts';

const cases = loadGolden<F.Conv2dOptions>('conv2d');

onBackends('conv2d', (backend) => {
  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const { stride, padding, dilation, groups } = golden.config;
    await expectGradients(backend(), golden, ['input', 'weight', 'bias'], ({ input, weight, bias }) =>
      F.conv2d(input!, weight!, bias, { stride, padding, dilation, groups }),
    );
  });
});
