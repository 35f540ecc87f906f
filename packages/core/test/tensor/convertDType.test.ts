import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hostArray } from '../../src/index.ts';
import { convertDType } from '../../src/tensor/convertDType.ts';

const recorded: {
  float16: string;
  bfloat16: string;
  int64: [string[], number[]];
  float64: [number[], string[]];
  'float32 to int32': [number[], number[]];
} = JSON.parse(readFileSync(new URL('../golden/recordings/dtype_conversions.json', import.meta.url), 'utf8'));

describe('convertDType, held to PyTorch', () => {
  it.each(['float16', 'bfloat16'] as const)('turns each of the 65,536 %s into the float32 that it is', (dtype) => {
    const every = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const { data } = convertDType(hostArray(dtype, [65536], every), 'float32');
    const bits = new Uint32Array(data.buffer).map((word) => ((word & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : word));
    expect(createHash('sha256').update(bits).digest('hex')).toBe(recorded[dtype]);
  });

  it('rounds int64 to float32 once', () => {
    const [values, expected] = recorded.int64;
    const array = hostArray('int64', [values.length], BigInt64Array.from(values, BigInt));
    expect([...convertDType(array, 'float32').data]).toEqual(expected);
  });

  it('rounds float64 to float32', () => {
    const [values, expected] = recorded.float64;
    const { data } = convertDType(hostArray('float64', [values.length], Float64Array.from(values)), 'float32');
    expect([...data]).toEqual(expected.map((text) => Number(text.replace('inf', 'Infinity'))));
  });

  it('cuts floats towards zero for int32', () => {
    const [values, expected] = recorded['float32 to int32'];
    const { data } = convertDType(hostArray('float32', [values.length], Float32Array.from(values)), 'int32');
    expect([...data]).toEqual(expected);
  });
});

describe('convertDType', () => {
  it('keeps the array where the type is the same', () => {
    const array = hostArray('float32', [1], Float32Array.of(1));
    expect(convertDType(array, 'float32')).toBe(array);
  });

  it.each([
    ['uint8', Uint8Array.of(0, 255), [0, 255]],
    ['int8', Int8Array.of(-128, 127), [-128, 127]],
    ['uint16', Uint16Array.of(0, 65535), [0, 65535]],
    ['int16', Int16Array.of(-32768, 32767), [-32768, 32767]],
    ['uint32', Uint32Array.of(0, 4294967295), [0, 4294967296]],
    ['int32', Int32Array.of(-1, 16777217), [-1, 16777216]],
    ['uint64', BigUint64Array.of(0n, 2n ** 64n - 1n), [0, 2 ** 64]],
    ['bool', Uint8Array.of(0, 1), [0, 1]],
  ] as const)('takes %s for float32', (dtype, data, expected) => {
    expect([...convertDType(hostArray(dtype, [2], data as never), 'float32').data]).toEqual(expected);
  });

  it('takes whatever is not 0 for true', () => {
    expect([...convertDType(hostArray('float16', [3], Uint16Array.of(0, 0x8000, 1)), 'bool').data]).toEqual([0, 0, 1]);
  });

  it.each([2 ** 31, -(2 ** 31) - 1, Number.NaN])('refuses %d for int32', (value) => {
    const array = hostArray('float64', [1], Float64Array.of(value));
    expect(() => convertDType(array, 'int32')).toThrow(new RangeError(`${value} does not fit int32`));
  });
});
