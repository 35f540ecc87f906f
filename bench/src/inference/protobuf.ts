/**
 * Protocol Buffers, as much as an ONNX file needs: a message is its fields one after the other, each with its number.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 */

const VARINT = 0;
const BYTES = 2;

/** A non-negative whole number, seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`varint: expected a whole number ≥ 0, got ${value}`);
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  bytes.push(value);
  return bytes;
}

/** A field of bytes: of another message, a string, or packed numbers. */
export function bytesField(field: number, contents: Uint8Array | string): Uint8Array {
  const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
  return concat([Uint8Array.from([...varint(field * 8 + BYTES), ...varint(bytes.length)]), bytes]);
}

export function numberField(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field * 8 + VARINT), ...varint(value)]);
}

/** A message of these fields. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
