import { it } from 'vitest';
import * as F from '../../src/functional/index.ts';
import { expectGradients } from './gradients.ts';
import { loadGolden } from './load.ts';
import { onBackends } from './onBackends.ts';

interface Config {
  reduction?: F.Reduction;
  ignore_index?: number;
  label_smoothing?: number;
}

const cases = loadGolden<Config>('cross_entropy');

onBackends('crossEntropy', (backend) => {
  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const { reduction, ignore_index, label_smoothing } = golden.config;
    await expectGradients(backend(), golden, ['input', 'target', 'weight'], ({ input, target, weight }) =>
      F.crossEntropy(input!, target!, {
        weight,
        reduction,
        ignoreIndex: ignore_index,
        labelSmoothing: label_smoothing,
      }),
    );
  });
});
