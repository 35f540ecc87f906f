import { describe, expect, it } from 'vitest';
import { Generator } from '../../src/random/generator.ts';
import { type GoldenCase, loadGolden } from '../golden/load.ts';

type Call =
  | ['uniform', number, number, number]
  | ['normal', number, number, number]
  | ['bernoulli', number, number]
  | ['randperm', number]
  | ['randint', number, number, number]
  | ['random_int64']
  | ['state'];

interface Program {
  seed: string;
  initialSeed: string;
  calls: Call[];
}

const cases = loadGolden<Program>('generator');
const programs = cases.filter(({ config }) => config.calls !== undefined);

const caseOf = <Config = unknown>(name: string) =>
  cases.find((golden) => golden.name === name) as unknown as GoldenCase<Config>;

/** Runs one call of a recorded program and holds it to what PyTorch gave. */
function check(generator: Generator, call: Call, golden: GoldenCase<Program>, step: number) {
  switch (call[0]) {
    case 'uniform':
      return expect(generator.uniform(new Float32Array(call[1]), call[2], call[3])).toEqual(
        golden.tensor(`${step}`).data,
      );
    case 'normal':
      return expect(generator.normal(new Float32Array(call[1]), call[2], call[3])).toEqual(
        golden.tensor(`${step}`).data,
      );
    case 'bernoulli':
      return expect(generator.bernoulli(new Uint8Array(call[1]), call[2])).toEqual(
        golden.tensor(`${step}`, 'uint8').data,
      );
    case 'randperm':
      return expect(generator.randperm(call[1])).toEqual(golden.tensor(`${step}`, 'int32').data);
    case 'randint':
      return expect(generator.randint(call[1], call[2], call[3])).toEqual(
        Float64Array.from(golden.tensor(`${step}`, 'int64').data, Number),
      );
    case 'random_int64':
      return expect(generator.randomInt64()).toBe(golden.tensor(`${step}`, 'int64').data[0]);
    case 'state':
      return expect(generator.getState()).toEqual(golden.tensor(`${step}`, 'uint8').data);
  }
}

describe("PyTorch's streams, bit for bit", () => {
  it.each(programs.map((program) => [program.name, program] as const))('%s', (_, golden) => {
    const generator = new Generator().manualSeed(BigInt(golden.config.seed));
    expect(generator.initialSeed()).toBe(BigInt(golden.config.initialSeed));
    golden.config.calls.forEach((call, step) => {
      check(generator, call, golden, step);
    });
  });

  it('a million normal numbers have the bits of PyTorch', () => {
    const { seed, n, checksum } = caseOf<{ seed: string; n: number; checksum: number }>('checksum of randn').config;
    const values = new Generator().manualSeed(BigInt(seed)).normal(new Float32Array(n));
    const sum = new Int32Array(values.buffer).reduce(
      (total, bits, i) => (total + Math.imul(bits, (i % 251) + 1)) | 0,
      0,
    );
    expect(sum >>> 0).toBe(checksum);
  });

  it('a uniform number that is exactly 0 makes a finite normal one', () => {
    const golden = caseOf('uniform zero');
    const generator = new Generator().setState(golden.tensor('state', 'uint8').data);
    const normal = generator.normal(new Float32Array(16));
    expect(normal).toEqual(golden.tensor('normal').data);
    expect(normal[5]).toBe(0);
  });

  it('is in the state of PyTorch from the start, unseeded', () => {
    expect(new Generator().initialSeed()).toBe(67280421310721n);
    expect(new Generator().random64()).toBe(new Generator().manualSeed(67280421310721n).random64());
  });
});

describe('the state', () => {
  const exported = programs.find(({ name }) => name === 'states')!;
  const exports = exported.config.calls.flatMap((call, step) => (call[0] === 'state' ? [step] : []));

  it.each(exports)('that PyTorch exported at step %i goes on as in PyTorch', (start) => {
    const generator = new Generator().manualSeed(123).setState(exported.tensor(`${start}`, 'uint8').data);
    expect(generator.initialSeed()).toBe(BigInt(exported.config.initialSeed));
    exported.config.calls.slice(start).forEach((call, i) => {
      check(generator, call, exported, start + i);
    });
  });

  it.each([0, 1, 623, 624, 625])('survives a round trip after %i words, with a normal number waiting', (words) => {
    const generator = new Generator().manualSeed(9);
    generator.uniform(new Float32Array(words));
    const draw = (from: Generator) => [
      ...from.normal(new Float32Array(2)),
      ...from.uniform(new Float32Array(700)),
      ...from.normal(new Float32Array(1)),
    ];
    generator.normal(new Float32Array(1));
    const state = generator.getState();
    const restored = new Generator().setState(state);
    const copy = generator.clone();
    const expected = draw(generator);
    expect(draw(restored)).toEqual(expected);
    expect(draw(copy)).toEqual(expected);
    expect(generator.setState(state).getState()).toEqual(state);
  });

  it('is a copy: later numbers leave it alone', () => {
    const generator = new Generator().manualSeed(1);
    const state = generator.getState();
    const before = state.slice();
    generator.uniform(new Float32Array(1000));
    expect(state).toEqual(before);
  });

  it('that can be none is refused, and the generator left as it was', () => {
    const generator = new Generator().manualSeed(4);
    const state = generator.getState();
    const damaged = (offset: number, value: number) => {
      const bytes = state.slice();
      new DataView(bytes.buffer).setInt32(offset, value, true);
      return bytes;
    };
    expect(() => generator.setState(new Uint8Array(5055))).toThrow("a CPU generator's state has 5056 bytes, got 5055");
    for (const bytes of [damaged(8, 0), damaged(8, -1), damaged(8, 625), damaged(12, 0), damaged(16, 625)]) {
      expect(() => generator.setState(bytes)).toThrow('not the state of a seeded mt19937');
    }
    expect(() => generator.setState(damaged(8, 300))).toThrow('300 words left, the next at 0');
    expect(generator.getState()).toEqual(state);
  });
});

describe('seeding', () => {
  it('starts the whole sequence anew: a normal number that was waiting is gone', () => {
    const generator = new Generator().manualSeed(5);
    const first = generator.normal(new Float32Array(1))[0];
    expect(generator.manualSeed(5).normal(new Float32Array(1))[0]).toBe(first);
  });
});

describe('arguments', () => {
  const generator = new Generator();

  it('a seed is a whole number of 64 bits', () => {
    for (const seed of [1.5, Number.NaN, 2 ** 60, 2n ** 64n, -(2n ** 63n) - 1n]) {
      expect(() => generator.manualSeed(seed)).toThrow(RangeError);
    }
  });

  it('distributions need sensible parameters', () => {
    const out = new Float32Array(3);
    expect(() => generator.uniform(out, 1, 0)).toThrow('from <= to');
    expect(() => generator.uniform(out, 0, Infinity)).toThrow('finite');
    expect(() => generator.uniform(out, Number.NaN, 1)).toThrow('from <= to');
    expect(() => generator.normal(out, 0, -1)).toThrow('at least 0, got -1');
    expect(() => generator.bernoulli(out, 1.1)).toThrow('[0, 1], got 1.1');
    expect(() => generator.bernoulli(out, Number.NaN)).toThrow('[0, 1]');
    expect(() => generator.randperm(-1)).toThrow('got -1');
    expect(() => generator.randperm(2.5)).toThrow('got 2.5');
    expect(() => generator.randint(3, 3, 1)).toThrow('low < high, got [3, 3)');
  });

  it('a call that is refused draws nothing', () => {
    const state = generator.manualSeed(2).getState();
    expect(() => generator.normal(new Float32Array(40), 0, -1)).toThrow();
    expect(generator.getState()).toEqual(state);
  });

  it('nothing asked for draws nothing', () => {
    const state = generator.manualSeed(2).getState();
    generator.uniform(new Float32Array(0));
    generator.normal(new Float32Array(0));
    generator.bernoulli(new Float32Array(0));
    expect(generator.getState()).toEqual(state);
  });

  it('seed() takes another seed each time', () => {
    const seed = generator.seed();
    expect(generator.initialSeed()).toBe(seed);
    expect(generator.seed()).not.toBe(seed);
  });
});
