import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSafetensors, serializeSafetensors } from '../../src/io/safetensors.ts';
import { SafetensorsError } from '../../src/io/safetensorsHeader.ts';
import { type DType, type HostArray, hostArray } from '../../src/tensor/hostArray.ts';

const ARRAYS = {
  float64: Float64Array,
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** An array of any type and shape, and of any bits. */
const arrays: fc.Arbitrary<HostArray> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(ARRAYS) as DType[])),
    fc.array(fc.nat({ max: 3 }), { maxLength: 4 }),
    fc.infiniteStream(fc.nat({ max: 255 })),
  )
  .map(([dtype, shape, stream]) => {
    const data = new ARRAYS[dtype](shape.reduce((product, side) => product * side, 1));
    const bytes = new Uint8Array(data.buffer);
    for (let i = 0; i < bytes.length; i++) bytes[i] = stream.next().value!;
    return hostArray(dtype, shape, data as never);
  });

const text = fc.string({ unit: 'grapheme' });
const names = text.filter((name) => name !== '__metadata__');
const files = fc.record({
  tensors: fc.uniqueArray(fc.tuple(names, arrays), { selector: ([name]) => name, maxLength: 5 }),
  metadata: fc.uniqueArray(fc.tuple(text, text), { selector: ([key]) => key, maxLength: 3 }).map((all) => new Map(all)),
});

const bytesOf = ({ data }: HostArray) => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];

it('what is written is read again, bit for bit and in order', () => {
  fc.assert(
    fc.property(files, ({ tensors, metadata }) => {
      const read = parseSafetensors(serializeSafetensors(tensors, metadata));
      const plain = (all: Iterable<readonly [string, HostArray]>) =>
        [...all].map(([name, array]) => [name, array.dtype, array.shape, bytesOf(array)]);
      expect(plain(read.tensors)).toEqual(plain(tensors));
      expect(read.metadata).toEqual(metadata);
    }),
    { numRuns: 200 },
  );
});

/** Ways in which files go bad: bytes overwritten, cut off, added, and numbers of the header exchanged. */
const damage: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(([at, value]) => (bytes: Uint8Array) => {
    const changed = bytes.slice();
    if (changed.length > 0) changed[at % changed.length] = value;
    return changed;
  }),
  fc.nat().map((length) => (bytes: Uint8Array) => bytes.slice(0, length % (bytes.length + 1))),
  fc
    .uint8Array({ minLength: 1, maxLength: 9 })
    .map((extra) => (bytes: Uint8Array) => Uint8Array.of(...bytes, ...extra)),
  fc
    .tuple(fc.nat(), fc.constantFrom('0', '9', '-1', '1e9', '9007199254740993', '[]', '"', '{', '}', ','))
    .map(([which, text]) => (bytes: Uint8Array) => {
      const characters = [...bytes].map((byte) => String.fromCharCode(byte));
      const digits = characters.flatMap((character, i) => (i >= 8 && /[0-9]/.test(character) ? [i] : []));
      if (digits.length > 0) characters[digits[which % digits.length]!] = text;
      const changed = Uint8Array.from(characters.join(''), (character) => character.charCodeAt(0));
      // The length field follows, so that the fault lies in the header itself.
      if (changed.length >= 12) {
        const view = new DataView(changed.buffer);
        view.setUint32(0, view.getUint32(0, true) + changed.length - bytes.length, true);
      }
      return changed;
    }),
);

it('a damaged file is read or refused with a SafetensorsError, and no more is allocated than it holds', () => {
  fc.assert(
    fc.property(files, fc.array(damage, { minLength: 1, maxLength: 3 }), ({ tensors, metadata }, damages) => {
      const bytes = damages.reduce(
        (damaged, apply) => apply(damaged),
        serializeSafetensors(tensors, metadata) as Uint8Array,
      );
      try {
        const read = parseSafetensors(bytes);
        const held = [...read.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
        expect(held).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(SafetensorsError);
        expect((error as Error).message.length).toBeLessThan(2000);
      }
    }),
    { numRuns: 1000 },
  );
});

it('bytes at random are refused with a SafetensorsError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(() => parseSafetensors(bytes)).toThrow(SafetensorsError);
    }),
  );
});
