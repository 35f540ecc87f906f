/** What a header block of a tar archive says of the member behind it. */
export interface TarHeader {
  readonly path: string;
  readonly bytes: number;
  /** `0` a file, `5` a folder, `x` and `g` extended headers, `L` and `K` long names, others as POSIX numbers them. */
  readonly type: string;
}

/** The size of everything in a tar archive is a multiple of this. */
export const blockBytes = 512;

const decoder = new TextDecoder();
const checksumAt = 148;
const spaceByte = 32;

/**
 * Reads a header block.
 *
 * @returns the header; `end` for a block of zeros, which ends the archive; a few words on what is wrong with the block
 *
 * Source: POSIX.1-1988 (ustar); GNU tar for binary numbers.
 */
export function parseTarHeader(block: Uint8Array): TarHeader | 'end' | { readonly problem: string } {
  if (block.every((byte) => byte === 0)) return 'end';
  const stored = number(block, checksumAt, 8);
  let [sum, signedSum] = [0, 0];
  for (let at = 0; at < blockBytes; at++) {
    const byte = at >= checksumAt && at < checksumAt + 8 ? spaceByte : (block[at] as number);
    sum += byte;
    // Old tars on machines with signed characters.
    signedSum += byte < 128 ? byte : byte - 256;
  }
  if (stored !== sum && stored !== signedSum) return { problem: 'a header does not match its checksum' };
  const bytes = number(block, 124, 12);
  if (bytes === undefined) return { problem: 'a member has no size' };
  const isUstar = text(block, 257, 5) === 'ustar';
  const prefix = isUstar && block[262] === 0 ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const flag = block[156] as number;
  const type = flag === 0 ? (name.endsWith('/') ? '5' : '0') : String.fromCharCode(flag);
  return { path: prefix === '' ? name : `${prefix}/${name}`, bytes, type };
}

function text(block: Uint8Array, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits, or (where its first bit is set) a binary number; undefined for anything else, and beyond 2⁵³. */
function number(block: Uint8Array, at: number, length: number): number | undefined {
  const first = block[at] as number;
  if (first >= 128) {
    let value = first & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + (block[at + i] as number);
    return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
  }
  const digits = text(block, at, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/**
 * The path and size in an extended header, which hold for the next member: records `LENGTH KEY=VALUE\n`.
 *
 * @returns undefined for one that is malformed
 *
 * Source: POSIX.1-2001 (pax).
 */
export function parsePaxRecords(contents: Uint8Array): { path?: string; bytes?: number } | undefined {
  const found: { path?: string; bytes?: number } = {};
  for (let at = 0; at < contents.length; ) {
    const space = contents.indexOf(spaceByte, at);
    const length = space < 0 ? Number.NaN : Number(decoder.decode(contents.subarray(at, space)));
    const end = at + length;
    if (!(Number.isInteger(length) && end > space + 1 && end <= contents.length)) return undefined;
    const record = decoder.decode(contents.subarray(space + 1, end - 1));
    const equals = record.indexOf('=');
    if (equals < 1 || contents[end - 1] !== 10) return undefined;
    const value = record.slice(equals + 1);
    switch (record.slice(0, equals)) {
      case 'path':
        found.path = value;
        break;
      case 'size':
        if (!/^\d{1,15}$/.test(value)) return undefined;
        found.bytes = Number(value);
        break;
    }
    at = end;
  }
  return found;
}
