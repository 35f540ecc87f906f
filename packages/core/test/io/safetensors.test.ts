import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSafetensors, serializeSafetensors } from '../../src/io/safetensors.ts';
import { SafetensorsError } from '../../src/io/safetensorsHeader.ts';
import { type HostArray, hostArray } from '../../src/tensor/hostArray.ts';

/** A file of this header text (or bytes), of this many bytes of data, and, if given, of another length field. */
function file(header: string | Uint8Array, dataBytes = 0, length?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (dtype: string, shape: unknown, offsets: unknown) => ({ dtype, shape, data_offsets: offsets });
const fileOf = (header: object, dataBytes = 0) => file(JSON.stringify(header), dataBytes);

function refusal(bytes: Uint8Array): string {
  try {
    parseSafetensors(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(SafetensorsError);
    return (error as Error).message;
  }
  throw new Error('the file was accepted');
}

describe('a file of the safetensors library', () => {
  const bytes = readFileSync(new URL('../golden/recordings/library.safetensors', import.meta.url));
  const { tensors, metadata } = parseSafetensors(bytes);
  const values = (name: string) => Array.from(tensors.get(name)!.data as ArrayLike<number | bigint>);
  const bits = (name: string) => {
    const { buffer, byteOffset, length } = tensors.get(name)!.data as Float32Array;
    return [...new Uint32Array(buffer, byteOffset, length)];
  };

  it('gives every element type', () => {
    const dtypes = Object.fromEntries([...tensors].map(([name, { dtype, shape }]) => [name, `${dtype} [${shape}]`]));
    expect(dtypes).toMatchObject({
      float64: 'float64 [2,3]',
      float32: 'float32 [3,1,2]',
      float16: 'float16 [5]',
      bfloat16: 'bfloat16 [3]',
      int64: 'int64 [4]',
      int32: 'int32 [2]',
      int16: 'int16 [1,3]',
      int8: 'int8 [3]',
      uint64: 'uint64 [2]',
      uint32: 'uint32 [2]',
      uint16: 'uint16 [3]',
      uint8: 'uint8 [3]',
      bool: 'bool [3]',
      scalar: 'float32 []',
      empty: 'float32 [0,3]',
    });
    expect(values('int64')).toEqual([-(2n ** 63n), 2n ** 63n - 1n, 0n, 2n ** 53n + 1n]);
    expect(values('uint64')).toEqual([2n ** 63n - 1n, 7n]);
    expect(values('int32')).toEqual([-(2 ** 31), 2 ** 31 - 1]);
    expect(values('int16')).toEqual([-32768, 32767, 1]);
    expect(values('int8')).toEqual([-128, 127, 3]);
    expect(values('uint32')).toEqual([2 ** 31, 5]);
    expect(values('uint16')).toEqual([65535, 1, 2]);
    expect(values('uint8')).toEqual([255, 0, 1]);
    expect(values('bool')).toEqual([1, 0, 1]);
    expect(values('scalar')).toEqual([1.5]);
    expect(values('empty')).toEqual([]);
    expect(values('0')).toEqual([10n]);
    expect(values('name with ☃, " and \\')).toEqual([1, 2]);
  });

  it('keeps the bits of NaN, infinity and minus zero', () => {
    expect(bits('float32 bits')).toEqual([0x7fc00001, 0x7f800001, 0x7f800000, 0x80000000, 0x00000001, 0x3f800000]);
  });

  it('gives its metadata', () => {
    expect(Object.fromEntries(metadata)).toEqual({
      format: 'pt',
      größe: 'naïve ☃ 𝄞',
      '': 'empty key',
      quote: '"\\\n',
    });
  });

  it('reads the same wherever it lies in memory', () => {
    for (const offset of [1, 2, 4, 7]) {
      const shifted = new Uint8Array(bytes.length + offset).subarray(offset);
      shifted.set(bytes);
      expect(parseSafetensors(shifted)).toEqual({ tensors, metadata });
    }
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    expect(parseSafetensors(shared).tensors.get('int16')).toEqual(tensors.get('int16'));
  });

  it('is written as the library has read it', () => {
    const checked = readFileSync(new URL('../golden/recordings/ours.safetensors', import.meta.url));
    expect(Buffer.compare(serializeSafetensors(tensors, metadata), checked)).toBe(0);
  });

  it('comes out as it went in', () => {
    const again = parseSafetensors(serializeSafetensors(tensors, metadata));
    expect(again).toEqual({ tensors, metadata });
    expect([...again.tensors.keys()]).toEqual([...tensors.keys()]);
    const copy = again.tensors.get('float32 bits')!.data as Float32Array;
    expect([...new Uint32Array(copy.buffer, copy.byteOffset, copy.length)]).toEqual(bits('float32 bits'));
  });
});

describe('a header that is accepted', () => {
  const tensor = { x: entry('U8', [2], [0, 2]) };

  it.each([
    ['spaces after it', `${JSON.stringify(tensor)}   `],
    ['white space around it', ` \n\t${JSON.stringify(tensor)}\r\n `],
    ['white space within', JSON.stringify(tensor, null, 2)],
    ['escapes in a name', '{"\\u0078": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}}'],
    ['members that nobody knows', '{"x": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2], "note": {"a": [1]}}}'],
  ])('%s', (_, header) => {
    expect([...parseSafetensors(file(header, 2)).tensors]).toEqual([['x', hostArray('uint8', [2], new Uint8Array(2))]]);
  });

  it('nothing at all', () => {
    expect(parseSafetensors(file('{}'))).toEqual({ tensors: new Map(), metadata: new Map() });
  });

  it('metadata only', () => {
    const { tensors, metadata } = parseSafetensors(fileOf({ __metadata__: { format: 'pt' } }));
    expect(tensors.size).toBe(0);
    expect([...metadata]).toEqual([['format', 'pt']]);
  });

  it('names in an order of their own, some like numbers, some like what objects inherit', () => {
    const names = ['10', '2', 'b', '__proto__', 'constructor', 'a', '0'];
    const members = names.map((name, i) => `${JSON.stringify(name)}:${JSON.stringify(entry('U8', [], [i, i + 1]))}`);
    const { tensors } = parseSafetensors(file(`{${members.join(',')}}`, names.length));
    expect([...tensors.keys()]).toEqual(names);
  });

  it('scalars and tensors without elements, also between others', () => {
    const header = {
      none: entry('F32', [0], [0, 0]),
      scalar: entry('F64', [], [0, 8]),
      middle: entry('I64', [3, 0, 2], [8, 8]),
      byte: entry('U8', [1, 1], [8, 9]),
      end: entry('F64', [0], [9, 9]),
    };
    const { tensors } = parseSafetensors(fileOf(header, 9));
    expect([...tensors.values()].map(({ data }) => data.length)).toEqual([0, 1, 0, 1, 0]);
  });
});

describe('a file that is refused', () => {
  it.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'starts with 8 bytes of length, got 0 bytes'],
    ['shorter than its length field', new Uint8Array(7), 'got 7 bytes'],
    ['only a length of 0', new Uint8Array(8), 'the header is not JSON'],
    ['a length beyond the file', file('{}', 0, 3n), 'length is 3 bytes, but the file has only 2 after it'],
    ['a length over 100 MB', file('{}', 0, 100_000_001n), 'expected at most 100000000'],
    ['a 64-bit length', file('{}', 0, 2n ** 64n - 1n), '18446744073709551615 bytes, expected at most'],
    ['a zip archive', file(Uint8Array.of(0), 9, 0x04034b50n), 'zip archive'],
    ['not UTF-8', file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), 'the header is not UTF-8'],
    ['a byte order mark', file('\ufeff{}'), 'the header is not JSON'],
    ['bad JSON', file('{"x": }'), 'the header is not JSON'],
    ['JSON that ends early', file('{"x": {"dtype": "F32"'), 'the header is not JSON'],
    ['text after the JSON', file('{} {}'), 'the header is not JSON'],
    ['an array', file('[]'), 'the header is an array, expected a JSON object'],
    ['null', file('null'), 'the header is null'],
    ['metadata of numbers', fileOf({ __metadata__: { epoch: 3 } }), '__metadata__ has a number at "epoch"'],
    ['metadata of objects', fileOf({ __metadata__: { a: {} } }), '__metadata__ has an object at "a"'],
    [
      'metadata in an array',
      fileOf({ __metadata__: ['a'] }),
      '__metadata__ is an array, expected an object of strings',
    ],
    ['a tensor that is a number', fileOf({ x: 1 }), 'tensor "x" is a number, expected an object'],
    [
      'an unknown element type',
      fileOf({ x: entry('F8_E4M3', [1], [0, 1]) }, 1),
      'dtype "F8_E4M3", expected one of F64',
    ],
    ['no element type', fileOf({ x: { shape: [1], data_offsets: [0, 1] } }, 1), 'tensor "x" has dtype undefined'],
    ['no shape', fileOf({ x: { dtype: 'U8', data_offsets: [0, 1] } }, 1), 'tensor "x" has shape undefined'],
    ['a negative side', fileOf({ x: entry('U8', [-1], [0, 1]) }, 1), 'tensor "x" has shape [-1]'],
    ['a fraction of a side', fileOf({ x: entry('U8', [1.5], [0, 1]) }, 1), 'tensor "x" has shape [1.5]'],
    ['a side that is a string', fileOf({ x: entry('U8', ['1'], [0, 1]) }, 1), 'tensor "x" has shape ["1"]'],
    ['one offset', fileOf({ x: entry('U8', [1], [0]) }, 1), 'data_offsets [0], expected [begin, end]'],
    ['offsets the wrong way round', fileOf({ x: entry('U8', [1], [1, 0]) }, 1), 'begin <= end'],
    [
      'an offset that no double holds',
      file('{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,9007199254740993]}}', 1),
      'data_offsets',
    ],
    [
      'shape and range that disagree',
      fileOf({ x: entry('F32', [2], [0, 7]) }, 7),
      'has 7 bytes, expected 8 for F32 of shape [2]',
    ],
    [
      'a range larger than its shape',
      fileOf({ x: entry('F32', [2], [0, 9]) }, 9),
      'has 9 bytes, expected 8 for F32 of shape [2]',
    ],
    [
      'a product that overflows',
      fileOf({ x: entry('F32', [2 ** 40, 2 ** 40], [0, 4]) }, 4),
      'more than a file can hold',
    ],
    [
      'a product that wraps to its range',
      fileOf({ x: entry('U8', [2 ** 32, 2 ** 32, 16], [0, 0]) }),
      'more than a file can hold',
    ],
    ['a hole before the first', fileOf({ x: entry('U8', [1], [1, 2]) }, 2), 'leaves a hole of 1 bytes before it'],
    [
      'a hole between',
      fileOf({ x: entry('U8', [1], [0, 1]), y: entry('U8', [1], [2, 3]) }, 3),
      'tensor "y" begins at byte 2 and leaves a hole',
    ],
    [
      'two names on one range',
      fileOf({ x: entry('U8', [2], [0, 2]), y: entry('U8', [2], [0, 2]) }, 2),
      'tensor "y" begins at byte 0 and overlaps another',
    ],
    [
      'ranges that overlap',
      fileOf({ x: entry('U8', [2], [0, 2]), y: entry('U8', [2], [1, 3]) }, 3),
      'overlaps another',
    ],
    [
      'bytes after the last tensor',
      fileOf({ x: entry('U8', [1], [0, 1]) }, 2),
      'describes 1 bytes of data, but the file holds 2',
    ],
    ['missing bytes', fileOf({ x: entry('U8', [9], [0, 9]) }, 8), 'describes 9 bytes of data, but the file holds 8'],
    ['data without tensors', file('{}', 1), 'describes 0 bytes of data, but the file holds 1'],
    [
      'one name twice',
      file(
        '{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        1,
      ),
      'names "x" twice',
    ],
    [
      'one name twice, escaped',
      file(
        '{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0078" : {"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      ),
      'names "x" twice',
    ],
    ['one key of the metadata twice', file('{"__metadata__":{"a":"1","a":"2"}}'), 'names "a" twice'],
    [
      'one member of a tensor twice',
      file('{"x":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}'),
      'names "dtype" twice',
    ],
  ])('%s', (_, bytes, message) => {
    expect(refusal(bytes)).toContain(message);
  });

  it('deeply nested', () => {
    expect(refusal(file(`{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`))).toContain('tensor "x" is an array');
  });
});

describe('writing', () => {
  it('starts the data at a multiple of 8, and every tensor at a multiple of its element', () => {
    const tensors: [string, HostArray][] = [
      ['a', hostArray('uint8', [3], Uint8Array.of(1, 2, 3))],
      ['b', hostArray('float64', [1], Float64Array.of(4))],
      ['c', hostArray('int16', [1], Int16Array.of(5))],
      ['d', hostArray('float32', [2], Float32Array.of(6, 7))],
    ];
    const bytes = serializeSafetensors(tensors);
    expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
    const read = parseSafetensors(bytes).tensors;
    expect([...read]).toEqual(tensors);
    for (const { data } of read.values()) expect(data.buffer, 'a view, not a copy').toBe(bytes.buffer);
  });

  it('takes the elements of a view, and no more', () => {
    const view = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const { tensors } = parseSafetensors(serializeSafetensors([['x', hostArray('float32', [2], view)]]));
    expect(tensors.get('x')!.data).toEqual(Float32Array.of(2, 3));
  });

  it('writes no metadata where there is none', () => {
    expect(new TextDecoder().decode(serializeSafetensors([]).subarray(8))).toBe('{}      ');
  });

  const one = hostArray('float32', [1], new Float32Array(1));
  it.each<[string, [string, HostArray][], Record<string, string>, string]>([
    [
      'one name twice',
      [
        ['x', one],
        ['x', one],
      ],
      {},
      'two tensors are named "x"',
    ],
    ['the reserved name', [['__metadata__', one]], {}, 'the format reserves it'],
    ['half a surrogate pair', [['\ud800', one]], {}, 'not valid Unicode'],
    ['half a surrogate pair in the metadata', [], { a: '\udc00' }, 'not valid Unicode'],
    [
      'a shape that is not filled',
      [['x', { ...one, shape: [2] }]],
      {},
      'tensor "x" has 1 elements, expected shape [2]',
    ],
    ['a negative shape', [['x', { ...one, shape: [-1, -1] }]], {}, 'expected shape [-1, -1]'],
    ['an array of another type', [['x', { ...one, dtype: 'int32' }]], {}, 'of dtype int32 holds a Float32Array'],
    ['an unknown type', [['x', { ...one, dtype: 'float8' as never }]], {}, 'of dtype float8'],
    ['metadata of numbers', [], { epoch: 3 as never }, 'metadata "epoch" is a number, expected a string'],
  ])('refuses %s', (_, tensors, metadata, message) => {
    expect(() => serializeSafetensors(tensors, metadata)).toThrow(SafetensorsError);
    expect(() => serializeSafetensors(tensors, metadata)).toThrow(message);
  });
});
