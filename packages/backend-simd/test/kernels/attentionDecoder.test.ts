import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { type Decoded, type DecoderInput, type DecoderSizes, decode } from '../reference/attentionDecoder.ts';
import { expectClose } from '../reference/close.ts';
import { numericGradient } from '../reference/derivative.ts';
import { generator, randomFloats, sizeOf } from '../reference/numbers.ts';
import { describeOnThreads, runKernel, testBackendName, type Values } from '../run.ts';

type Cell = 'gru' | 'lstm';

function shapesOf(cell: Cell, biases: boolean, { N, T, S, A, C, E, H }: DecoderSizes) {
  const maps = (cell === 'gru' ? 3 : 4) * H;
  return {
    ...{ embedded: [N, T, E], keys: [N, S, A], values: [N, S, C], h0: [N, H], ...(cell === 'lstm' && { c0: [N, H] }) },
    ...{ queryWeight: [A, H], scoreWeight: [A], weightIh: [maps, E + C], weightHh: [maps, H] },
    ...(biases && { queryBias: [A], biasIh: [maps], biasHh: [maps] }),
  } as Partial<Record<DecoderInput, number[]>>;
}

function draw(shapes: Partial<Record<DecoderInput, number[]>>, seed: number): Record<string, Values> {
  const random = generator(seed);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, { values: randomFloats(sizeOf(shape), random), shape }]),
  );
}

const int32 = (values: readonly number[]): Values => ({ values, shape: [values.length], dtype: 'int32' });

/** What the kernel gives, by name. */
function forward(tensors: Record<string, Values | undefined>, cell: Cell, contextFirst: boolean) {
  const results = runKernel(FLAMBEAU_KERNELS.attentionDecoder, tensors, { cell, contextFirst });
  const names = ['outputs', 'contexts', 'weights', ...(cell === 'lstm' ? ['cells'] : []), 'gates', 'queries'];
  return Object.fromEntries(names.map((name, i) => [name, results[i]!])) as Record<string, Values>;
}

const GRADIENTS = [
  ...['embedded', 'keys', 'values', 'h0', 'queryWeight', 'queryBias', 'scoreWeight', 'weightIh', 'weightHh'],
  ...['biasIh', 'biasHh', 'c0'],
];

/** The gradients by name, of those of the results. */
function backward(
  tensors: Record<string, Values | undefined>,
  results: Record<string, Values>,
  given: Record<string, Values>,
  cell: Cell,
  contextFirst: boolean,
) {
  const { queryBias, biasIh, biasHh, ...read } = tensors;
  const gradients = runKernel(
    FLAMBEAU_KERNELS.attentionDecoderBackward,
    { ...read, ...results, ...given },
    { cell, contextFirst },
  );
  return Object.fromEntries(gradients.map((gradient, i) => [GRADIENTS[i]!, gradient]));
}

const outputsOf = (cell: Cell) =>
  ['outputs', 'contexts', 'weights', ...(cell === 'lstm' ? ['cells'] : [])] as (keyof Decoded)[];
const capital = (name: string) => `grad${name[0]!.toUpperCase()}${name.slice(1)}`;

function drawGradients(results: Record<string, Values>, cell: Cell, seed: number): Record<string, Values> {
  const random = generator(seed);
  return Object.fromEntries(
    outputsOf(cell).map((name) => {
      const { shape } = results[name]!;
      return [capital(name), { values: randomFloats(sizeOf(shape), random), shape }];
    }),
  );
}

const size = (max: number) => fc.integer({ min: 1, max });
const cases = fc.record({
  cell: fc.constantFrom<Cell>('gru', 'lstm'),
  sizes: fc.record({ N: size(4), T: size(3), S: size(4), A: size(5), C: size(9), E: size(5), H: size(6) }),
  contextFirst: fc.boolean(),
  biases: fc.boolean(),
  masked: fc.boolean(),
  seed: fc.nat(),
});

/** What the first backend of each build has computed. */
const ofBuild: Record<string, ArrayLike<number>[]> = {};

describeOnThreads('flambeau::attention_decoder and its gradient', () => {
  test("are those of PyTorch's cells and Bahdanau's attention", () => {
    fc.assert(
      fc.property(cases, ({ cell, sizes, contextFirst, biases, masked, seed }) => {
        const tensors = draw(shapesOf(cell, biases, sizes), seed);
        const random = generator(seed + 1);
        const lengths = Array.from({ length: sizes.N }, () =>
          masked ? Math.floor(random() * (sizes.S + 1)) : sizes.S,
        );
        const inputs = Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, values]));
        const expected = decode(inputs, lengths, contextFirst, sizes);
        const all = { ...tensors, ...(masked && { lengths: int32(lengths) }) };
        const results = forward(all, cell, contextFirst);
        for (const name of outputsOf(cell)) expectClose(results[name]!.values, expected[name], 5e-6);

        const given = drawGradients(results, cell, seed + 2);
        const gradients = backward(all, results, given, cell, contextFirst);
        for (const name of Object.keys(tensors)) {
          const numeric = numericGradient((x) => {
            const decoded = decode({ ...inputs, [name]: x }, lengths, contextFirst, sizes);
            return outputsOf(cell).reduce((sum, output) => {
              const weights = given[capital(output)]!.values;
              return decoded[output].reduce((total, value, i) => total + value * weights[i]!, sum);
            }, 0);
          }, inputs[name]!);
          expectClose(gradients[name]!.values, numeric, 2e-5, 1);
        }
      }),
      { numRuns: 10 },
    );
  });

  test('more sequences than a thread takes together, and sizes beyond every tile, agree with float64', () => {
    const sizes = { N: 70, T: 2, S: 3, A: 21, C: 18, E: 7, H: 27 };
    const tensors = draw(shapesOf('gru', true, sizes), 11);
    const inputs = Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, values]));
    const expected = decode(inputs, new Array<number>(70).fill(3), false, sizes);
    const results = forward(tensors, 'gru', false);
    for (const name of outputsOf('gru')) expectClose(results[name]!.values, expected[name], 5e-6);
  });

  test('the same numbers on any threads, but for products over all steps', () => {
    const sizes = { N: 7, T: 3, S: 5, A: 12, C: 8, E: 5, H: 11 };
    const tensors = draw(shapesOf('lstm', true, sizes), 5);
    const results = forward(tensors, 'lstm', false);
    const gradients = backward(tensors, results, drawGradients(results, 'lstm', 6), 'lstm', false);
    const { keys, values, h0, c0, scoreWeight } = gradients;
    const numbers = [...Object.values(results), keys!, values!, h0!, c0!, scoreWeight!].map((result) => result.values);
    const build = testBackendName().split('-').at(-1)!;
    ofBuild[build] ??= numbers;
    expect(numbers).toEqual(ofBuild[build]);
  });

  test('a NaN stays with its own sequence, also in the gradient; beyond the length none is read', () => {
    const sizes = { N: 2, T: 2, S: 3, A: 5, C: 6, E: 4, H: 5 };
    const tensors: Record<string, Values> = { ...draw(shapesOf('gru', true, sizes), 7), lengths: int32([2, 3]) };
    const spoil = ({ values, shape }: Values, at: number): Values => ({
      values: Float32Array.from(values, (value, i) => (i === at ? Number.NaN : value)),
      shape,
    });
    const numbers = (results: Record<string, { values: ArrayLike<number> }>) =>
      Object.values(results).map(({ values }) => values);
    const whole = forward(tensors, 'gru', false);
    const given = drawGradients(whole, 'gru', 8);
    const gradients = backward(tensors, whole, given, 'gru', false);
    // Of the first sequence's third place.
    const beyond = { ...tensors, keys: spoil(tensors.keys!, 2 * 5), values: spoil(tensors.values!, 2 * 6 + 1) };
    const masked = forward(beyond, 'gru', false);
    expect(numbers(masked)).toEqual(numbers(whole));
    expect(numbers(backward(beyond, masked, given, 'gru', false))).toEqual(numbers(gradients));

    const within = { ...tensors, embedded: spoil(tensors.embedded!, 0) };
    const { outputs } = forward(within, 'gru', false);
    expect(Array.from(outputs!.values).slice(0, 5).every(Number.isNaN)).toBe(true);
    expect(Array.from(outputs!.values).slice(10)).toEqual(Array.from(whole.outputs!.values).slice(10));
  });
});
