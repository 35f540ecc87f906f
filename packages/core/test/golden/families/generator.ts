import { Generator } from '../../../src/random/generator.ts';
import { compareNumbers, type GoldenTest } from '../comparison.ts';
import { loadGolden } from '../load.ts';

/** A method of PyTorch's generator and its arguments, as recorded. */
type Call = [method: string, ...arguments_: number[]];

interface Program {
  seed: string;
  calls?: Call[];
}

/** What one call gives, as numbers; of a 64-bit one the upper and the lower half. */
function run(generator: Generator, [method, ...given]: Call): number[] {
  const [n, a, b] = given as [number, number, number];
  switch (method) {
    case 'uniform':
      return [...generator.uniform(new Float32Array(n), a, b)];
    case 'normal':
      return [...generator.normal(new Float32Array(n), a, b)];
    case 'bernoulli':
      return [...generator.bernoulli(new Uint8Array(n), a)];
    case 'randperm':
      return [...generator.randperm(n)];
    case 'randint':
      return [...generator.randint(n, a, b)];
    case 'random_int64':
      return halves(generator.randomInt64());
    case 'state':
      return [...generator.getState()];
    default:
      throw new Error(`no such call: ${method}`);
  }
}

const halves = (value: bigint): number[] => [Number(value >> 32n), Number(value & 0xffffffffn)];

/** Each recorded stream: its methods follow one another on one generator. */
export const generator: readonly GoldenTest[] = loadGolden<Program>('generator').flatMap((golden) => {
  const { seed, calls } = golden.config;
  if (calls === undefined) return [];
  return {
    subjects: [...new Set(calls.map(([method]) => `Generator: ${method}`))],
    name: golden.name,
    async compare() {
      const drawn = new Generator().manualSeed(BigInt(seed));
      return calls.map((call, step) => {
        const { data } = golden.tensors.get(`${step}`)!;
        const expected =
          call[0] === 'random_int64' ? halves(BigInt(data[0]!)) : Array.from(data as Float32Array, Number);
        return compareNumbers(run(drawn, call), expected, `${call[0]}, call ${step}`);
      });
    },
  };
});
