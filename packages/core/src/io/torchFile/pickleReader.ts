import { refuse } from './torchFileError.ts';

/** No whole number that a state dict needs is longer than this. */
const MAX_INTEGER_BYTES = 64;

// One for all texts: a decoder is larger than most of them.
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a pickle's bytes; never beyond their end. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#at;
  }

  #advance(size: number): number {
    const at = this.#at;
    if (size > this.#bytes.length - at) {
      refuse(
        `the pickle needs ${size} bytes at position ${at}, expected no more than the ${this.#bytes.length - at} left`,
      );
    }
    this.#at = at + size;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  length64(): number {
    const length = this.#view.getBigUint64(this.#advance(8), true);
    if (length > BigInt(this.#bytes.length)) {
      refuse(`the pickle claims ${length} bytes, expected no more than its ${this.#bytes.length}`);
    }
    return Number(length);
  }

  /** Python keeps its floats big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  bytes(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.slice(at, at + length);
  }

  text(length: number): string {
    const at = this.#advance(length);
    try {
      return UTF_8.decode(this.#bytes.subarray(at, at + length));
    } catch {
      return refuse(`the text at position ${at} of the pickle is not UTF-8`);
    }
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) refuse(`the line at position ${this.#at} of the pickle does not end`);
    const text = this.text(end - this.#at);
    this.#at++;
    return text;
  }

  /** A whole number in two's complement, little-endian; a bigint where a Number would round it. */
  integer(length: number): number | bigint {
    if (length > MAX_INTEGER_BYTES) refuse(`a whole number has ${length} bytes, expected at most ${MAX_INTEGER_BYTES}`);
    const bytes = this.bytes(length);
    let value = 0n;
    for (let at = length - 1; at >= 0; at--) value = (value << 8n) | BigInt(bytes[at]!);
    value = BigInt.asIntN(8 * length, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
}
