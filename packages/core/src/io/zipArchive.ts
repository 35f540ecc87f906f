import { inflateSync } from 'fflate';
import { excerpt } from './excerpt.ts';

/** One file of a zip archive, as the central directory claims it. */
export interface ZipEntry {
  readonly name: string;
  /** Whether its bytes are deflated; otherwise they are stored as they are. */
  readonly deflated: boolean;
  readonly size: number;
  /** Its bytes as they lie in the archive. */
  readonly packed: Uint8Array;
  readonly crc32: number;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const FULL_16 = 0xffff;
const FULL_32 = 0xffffffff;
/** A deflated byte stands for at most so many. */
const MAX_EXPANSION = 1032;
/** What most of them stand for at most. */
const FIRST_EXPANSION = 8;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = FULL_32;
  for (let at = 0; at < bytes.length; at++) crc = CRC_TABLE[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ FULL_32) >>> 0;
}

type Fail = (reason: string) => never;

/** Numbers out of bounded bytes. */
class Cursor {
  readonly #view: DataView;
  readonly #fail: Fail;

  constructor(bytes: Uint8Array, fail: Fail) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fail = fail;
  }

  #within(at: number, size: number): number {
    if (at < 0 || at + size > this.#view.byteLength) {
      this.#fail(`the zip directory points to byte ${at}, expected one of the file's ${this.#view.byteLength}`);
    }
    return at;
  }

  u16(at: number): number {
    return this.#view.getUint16(this.#within(at, 2), true);
  }

  u32(at: number): number {
    return this.#view.getUint32(this.#within(at, 4), true);
  }

  u64(at: number): number {
    const value = this.#view.getBigUint64(this.#within(at, 8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      this.#fail(`the zip directory claims ${value} bytes or entries, expected no more than the file holds`);
    }
    return Number(value);
  }
}

// One for all names: a decoder is larger than most of them.
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeName(bytes: Uint8Array): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    // Older writers store the bytes of a local code page: keep one character a byte.
    return String.fromCharCode(...bytes);
  }
}

/** Where the central directory begins and how many entries it names; from the zip64 records where they are needed. */
function findDirectory(bytes: Uint8Array, cursor: Cursor, fail: Fail): { start: number; count: number } {
  const last = bytes.length - END_BYTES;
  for (let at = last; at >= 0 && at >= last - MAX_COMMENT_BYTES; at--) {
    if (cursor.u32(at) !== END || at + END_BYTES + cursor.u16(at + 20) !== bytes.length) continue;
    let [count, start] = [cursor.u16(at + 10), cursor.u32(at + 16)];
    if (at >= 20 && cursor.u32(at - 20) === LOCATOR_64) {
      const end64 = cursor.u64(at - 12);
      if (cursor.u32(end64) !== END_64) return fail('the zip64 locator points to no zip64 record, expected one');
      count = cursor.u64(end64 + 32);
      start = cursor.u64(end64 + 48);
    } else if (count === FULL_16 || start === FULL_32) {
      return fail('the zip directory asks for a zip64 record, expected one before its end');
    }
    return { start, count };
  }
  return fail('no end of a zip directory was found, expected a whole zip archive (is the file cut off?)');
}

/** The sizes that did not fit into 32 bits, from an entry's zip64 field. */
function zip64Sizes(cursor: Cursor, from: number, to: number, sizes: readonly [number, number, number]) {
  let [size, packedSize, offset] = sizes;
  for (let at = from; at + 4 <= to; at += 4 + cursor.u16(at + 2)) {
    if (cursor.u16(at) !== 1) continue;
    let field = at + 4;
    const next = () => {
      field += 8;
      return cursor.u64(field - 8);
    };
    if (size === FULL_32) size = next();
    if (packedSize === FULL_32) packedSize = next();
    if (offset === FULL_32) offset = next();
    break;
  }
  return { size, packedSize, offset };
}

/**
 * Reads a zip archive's directory (zip64 too) without believing it: every range must lie within the file, every local
 * header must agree with the directory, and no name may appear twice. Nothing is unpacked.
 *
 * @param fail - throws the caller's own error class.
 *
 * Source: PKWARE, APPNOTE.TXT 6.3, sections 4.3 and 4.5.3.
 */
export function readZipDirectory(bytes: Uint8Array, fail: Fail): Map<string, ZipEntry> {
  const cursor = new Cursor(bytes, fail);
  const { start, count } = findDirectory(bytes, cursor, fail);
  const entries = new Map<string, ZipEntry>();
  let at = start;
  let packedBytes = 0;
  for (let index = 0; index < count; index++) {
    if (cursor.u32(at) !== CENTRAL)
      fail(`entry ${index} of the zip directory has no header, expected ${count} entries`);
    const flags = cursor.u16(at + 8);
    const method = cursor.u16(at + 10);
    const nameLength = cursor.u16(at + 28);
    const extraStart = at + 46 + nameLength;
    const extraEnd = extraStart + cursor.u16(at + 30);
    const end = extraEnd + cursor.u16(at + 32);
    if (end > bytes.length) fail(`entry ${index} of the zip directory is cut off`);
    const nameBytes = bytes.subarray(at + 46, extraStart);
    const name = decodeName(nameBytes);
    const claimed = [cursor.u32(at + 24), cursor.u32(at + 20), cursor.u32(at + 42)] as const;
    const { size, packedSize, offset } = zip64Sizes(cursor, extraStart, extraEnd, claimed);
    if (flags & 1) fail(`'${excerpt(name)}' is encrypted, expected a plain entry`);
    if (method !== 0 && method !== 8)
      fail(`'${excerpt(name)}' has compression method ${method}, expected stored or deflated`);
    if (cursor.u32(offset) !== LOCAL) fail(`'${excerpt(name)}' has no header where the zip directory says`);
    const localName = bytes.subarray(offset + 30, offset + 30 + cursor.u16(offset + 26));
    if (localName.length !== nameBytes.length || localName.some((byte, i) => byte !== nameBytes[i])) {
      fail(`'${excerpt(name)}' is called '${excerpt(decodeName(localName))}' in its own header, expected one name`);
    }
    const dataStart = offset + 30 + localName.length + cursor.u16(offset + 28);
    if (dataStart + packedSize > bytes.length) {
      fail(
        `'${excerpt(name)}' claims ${packedSize} bytes, expected no more than the file's ${bytes.length - dataStart} after its header`,
      );
    }
    if (method === 0 && size !== packedSize)
      fail(`'${excerpt(name)}' is stored in ${packedSize} bytes but claims ${size}`);
    if (entries.has(name)) fail(`'${excerpt(name)}' appears twice in the zip directory, expected once`);
    // Entries that share their bytes would unpack to far more than the archive holds.
    packedBytes += packedSize;
    if (packedBytes > bytes.length)
      fail(`the entries of the zip archive overlap at '${excerpt(name)}', expected each to have its own bytes`);
    const packed = bytes.subarray(dataStart, dataStart + packedSize);
    entries.set(name, { name, deflated: method === 8, size, packed, crc32: cursor.u32(at + 16) });
    at = end;
  }
  return entries;
}

/** What `packed` inflates to, or undefined if that is more than `room` bytes. */
function inflateInto(room: number, packed: Uint8Array, damaged: () => never): Uint8Array | undefined {
  // One byte more: whatever goes beyond shows in the length, and is not kept.
  const out = new Uint8Array(room + 1);
  try {
    const inflated = inflateSync(packed, { out });
    return inflated.length > room ? undefined : inflated;
  } catch (error) {
    // A stored block that does not fit; what fflate itself throws carries a code.
    if (error instanceof RangeError) return undefined;
    return damaged();
  }
}

function inflate({ name, packed, size }: ZipEntry, fail: Fail): Uint8Array {
  // Before room is made for it: no deflated byte can stand for more.
  if (size > MAX_EXPANSION * packed.length) {
    fail(
      `'${excerpt(name)}' claims ${size} bytes, expected at most ${MAX_EXPANSION} for each of its ${packed.length} deflated ones`,
    );
  }
  // A claim alone gets no room: only bytes that have filled what they had get more.
  let inflated: Uint8Array | undefined;
  for (let room = Math.min(size, FIRST_EXPANSION * packed.length); ; room = Math.min(size, FIRST_EXPANSION * room)) {
    inflated = inflateInto(room, packed, () =>
      fail(`'${excerpt(name)}' cannot be inflated: its compressed bytes are damaged`),
    );
    if (inflated !== undefined) break;
    if (room === size) return fail(`'${excerpt(name)}' inflates beyond the ${size} bytes that it claims`);
  }
  if (inflated.length < size) {
    fail(`'${excerpt(name)}' inflates to ${inflated.length} bytes, expected the ${size} that it claims`);
  }
  return inflated;
}

/** An entry's bytes, checked against its CRC-32. Stored ones are a view of the archive. */
export function readZipEntry(entry: ZipEntry, fail: Fail): Uint8Array {
  const bytes = entry.deflated ? inflate(entry, fail) : entry.packed;
  const sum = crc32(bytes);
  if (sum !== entry.crc32) {
    const hex = (value: number) => value.toString(16).padStart(8, '0');
    fail(`'${excerpt(entry.name)}' has checksum ${hex(sum)}, expected ${hex(entry.crc32)}: the file is damaged`);
  }
  return bytes;
}
