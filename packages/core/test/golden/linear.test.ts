import { expect, it } from 'vitest';
import * as F from '../../src/functional/index.ts';
import { expectGradients } from './gradients.ts';
import { loadGolden } from './load.ts';
import { onBackends } from './onBackends.ts';

const cases = loadGolden('linear');

onBackends('linear', (backend) => {
  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    await expectGradients(backend(), golden, ['input', 'weight', 'bias'], ({ input, weight, bias }) =>
      F.linear(input!, weight!, bias),
    );
  });

  it('names the layer and both numbers where the features do not fit', () => {
    const tensor = (shape: number[]) =>
      backend().tensor({ dtype: 'float32', shape, data: new Float32Array(shape.reduce((a, b) => a * b)) });
    expect(() => F.linear(tensor([2, 3]), tensor([4, 5]))).toThrow('expected 5 input features, got 3');
  });
});
