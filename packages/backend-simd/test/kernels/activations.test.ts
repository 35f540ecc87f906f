import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { erf } from '../reference/erf.ts';
import { generator, randomFloats, withSpecialValues } from '../reference/numbers.ts';
import { describeOnThreads, runKernel } from '../run.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const normal = (x: number) => (1 + erf(x / Math.SQRT2)) / 2;
const cubic = (x: number) => Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));

/** Forward, gradient by the input, and whether the kernel of the gradient takes the output instead. */
const ACTIVATIONS = {
  sigmoid: { f: sigmoid, slope: (x: number) => sigmoid(x) * (1 - sigmoid(x)), saves: 'output', attrs: {} },
  tanh: { f: Math.tanh, slope: (x: number) => 1 - Math.tanh(x) ** 2, saves: 'output', attrs: {} },
  leakyRelu: {
    f: (x: number) => (x < 0 ? 0.25 * x : x),
    slope: (x: number) => (x > 0 ? 1 : 0.25),
    saves: 'input',
    attrs: { negativeSlope: 0.25 },
  },
  silu: {
    f: (x: number) => x * sigmoid(x),
    slope: (x: number) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
    saves: 'input',
    attrs: {},
  },
  gelu: {
    f: (x: number) => x * normal(x),
    slope: (x: number) => normal(x) + x * density(x),
    saves: 'input',
    attrs: { approximate: 'none' },
  },
  'gelu by tanh': {
    f: (x: number) => (x * (1 + cubic(x))) / 2,
    slope: (x: number) =>
      (1 + cubic(x)) / 2 + (x / 2) * (1 - cubic(x) ** 2) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x),
    saves: 'input',
    attrs: { approximate: 'tanh' },
  },
} as const;

describeOnThreads('activations and their gradients', () => {
  test.each(Object.entries(ACTIVATIONS))(
    '%s, at every length around the vector',
    (title, { f, slope, saves, attrs }) => {
      const name = title.split(' ')[0] as 'gelu';
      for (const size of [...Array(18).keys(), 300]) {
        const random = generator(size);
        const x = randomFloats(size, random).map((value) => value * 6);
        const g = randomFloats(size, random);
        const [output] = runKernel(FLAMBEAU_KERNELS[name], { input: { values: x, shape: [size] } }, attrs);
        expectClose(output!.values, Array.from(x, f), 5e-7, 1);
        const saved = { values: saves === 'input' ? x : output!.values, shape: [size] };
        const inputs = { gradOutput: { values: g, shape: [size] }, [saves]: saved };
        const [back] = runKernel(FLAMBEAU_KERNELS[`${name}Backward`], inputs, attrs);
        expectClose(
          back!.values,
          Array.from(x, (value, i) => g[i]! * slope(value)),
          1e-6,
          1,
        );
      }
    },
  );

  test.each(Object.entries(ACTIVATIONS))('%s of NaN is NaN, and large numbers give no other', (title, activation) => {
    const name = title.split(' ')[0] as 'gelu';
    const { f, slope, saves, attrs } = activation;
    const large = [-1e4, -90, -15, -9, 9, 15, 90, 1e4];
    const values = Float32Array.of(Number.NaN, ...large, Number.NaN);
    const shape = [values.length];
    const [output] = runKernel(FLAMBEAU_KERNELS[name], { input: { values, shape } }, attrs);
    expectClose(output!.values, Array.from(values, f), 1e-6);
    const saved = { values: saves === 'input' ? values : output!.values, shape };
    const ones = { values: values.map(() => 1), shape };
    const [back] = runKernel(FLAMBEAU_KERNELS[`${name}Backward`], { gradOutput: ones, [saves]: saved }, attrs);
    // The leaky ReLU's gradient looks at the sign alone, as PyTorch's.
    expectClose(back!.values, Array.from(values, slope), 1e-6);
  });

  test('the left tail of GELU keeps its digits', () => {
    const x = Float32Array.of(-3, -4, -5, -6, -8);
    const [output] = runKernel(FLAMBEAU_KERNELS.gelu, { input: { values: x, shape: [5] } }, { approximate: 'none' });
    // x·Φ(x) in double precision.
    const exact = [-4.0496940959e-3, -1.2668496733e-4, -1.4332578571e-6, -5.919526177e-9, -4.9767682576e-15];
    output!.values.forEach((value, i) => {
      expect(value / exact[i]!).toBeCloseTo(1, 5);
    });
  });

  test('Erf is right to the last places', () => {
    const random = generator(2);
    const x = withSpecialValues(
      Float32Array.from({ length: 20_000 }, () => (random() * 2 - 1) * 5),
      random,
    );
    const [y] = runKernel('Erf', { x: { values: x, shape: [x.length] } });
    expectClose(y!.values, Array.from(x, erf), 2e-7);
  });
});
