import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { concat, encodeNumber } from './mutateBytes.ts';

/** One file of a zip archive that is to be written; what is given beside name and data is written instead of the truth. */
export interface Member {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflated?: boolean;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly packedSize?: number;
  readonly offset?: number;
  readonly localName?: string;
}

const u16 = (value: number) => encodeNumber(value, 2, true);
const u32 = (value: number) => encodeNumber(value, 4, true);

/** Writes an archive, sound where nothing false is asked for: checksums, sizes and offsets follow the data. */
export function zip(members: readonly Member[], end: { count?: number; start?: number; comment?: number } = {}) {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, localName = name, data, deflated = false, flags = 0, ...given } of members) {
    const packed = deflated ? new Uint8Array(deflateRawSync(data)) : data;
    const fields = concat(
      u16(given.method ?? (deflated ? 8 : 0)),
      u32(0),
      u32(given.crc ?? crc32(data)),
      u32(given.packedSize ?? packed.length),
      u32(given.size ?? data.length),
    );
    const [local, central] = [localName, name].map((text) => new TextEncoder().encode(text)) as [
      Uint8Array,
      Uint8Array,
    ];
    const head = concat(u32(0x04034b50), u16(20), u16(flags), fields, u16(local.length), u16(0), local);
    directory.push(
      concat(
        u32(0x02014b50),
        u16(20),
        u16(20),
        u16(flags),
        fields,
        u16(central.length),
        u16(0),
        u16(0),
        u16(0),
        u16(0),
      ),
      concat(u32(0), u32(given.offset ?? at), central),
    );
    parts.push(head, packed);
    at += head.length + packed.length;
  }
  const bytes = concat(...directory);
  const count = u16(end.count ?? members.length);
  const tail = concat(u32(0x06054b50), u32(0), count, count, u32(bytes.length), u32(end.start ?? at));
  return concat(...parts, bytes, tail, u16(end.comment ?? 0));
}

/** The members of a sound archive (without zip64, as a small one is). */
export function unzip(archive: Uint8Array): Member[] {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  let end = archive.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end--;
  const members: Member[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = archive.subarray(start, start + view.getUint32(at + 20, true));
    const deflated = view.getUint16(at + 10, true) === 8;
    members.push({
      name: new TextDecoder().decode(archive.subarray(at + 46, at + 46 + nameLength)),
      data: deflated ? new Uint8Array(inflateRawSync(packed)) : packed,
      deflated,
    });
    at += 46 + nameLength + extra + comment;
  }
  return members;
}
