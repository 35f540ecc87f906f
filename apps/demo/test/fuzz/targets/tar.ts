import { DataError, type TarMember, TarReader } from '@flambeau/datasets';
import { concat, mutateBytes, replaceAt } from '../mutateBytes.ts';
import type { Random } from '../random.ts';
import { agree, type FuzzTarget } from '../target.ts';

const block = 512;

interface Entry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly type: string;
  readonly size?: number;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** Writes an archive whose checksums agree, whatever else does not. */
function tar(entries: readonly Entry[]): Uint8Array {
  const parts = entries.flatMap(({ name, data, type, size = data.length }) => {
    const header = new Uint8Array(block);
    const write = (at: number, text: string) => header.set(bytes(text).subarray(0, block - at), at);
    write(0, name.slice(0, 100));
    write(124, size < 8 ** 11 && size >= 0 ? size.toString(8).padStart(11, '0') : '99999999999');
    write(156, type);
    write(257, 'ustar\u000000');
    write(148, '        ');
    write(
      148,
      header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0'),
    );
    return [header, data, new Uint8Array(-data.length & (block - 1))];
  });
  return concat(...parts, new Uint8Array(2 * block));
}

const record = (key: string, value: string): Uint8Array => {
  const rest = ` ${key}=${value}\n`;
  const length = bytes(rest).length;
  const digits = String(length + String(length + 1).length).length;
  return bytes(`${length + digits}${rest}`);
};

const entries: readonly Entry[] = [
  { name: 'a/', data: new Uint8Array(0), type: '5' },
  { name: 'a/one.txt', data: bytes('one'), type: '0' },
  { name: 'pax', data: concat(record('path', 'a/two.txt'), record('mtime', '1.5')), type: 'x' },
  { name: 'short', data: bytes('2'.repeat(700)), type: '0' },
  { name: '././@LongLink', data: bytes(`a/${'long'.repeat(40)}.txt\0`), type: 'L' },
  { name: 'cut', data: new Uint8Array(0), type: '0' },
  { name: 'empty.txt', data: new Uint8Array(0), type: '\0' },
  { name: 'full.txt', data: new Uint8Array(block).fill(7), type: '7' },
];

const corpus = [tar(entries), tar(entries.slice(0, 2)), tar([])];
const limits = { memberBytes: 1 << 12, totalBytes: 1 << 16 };
const names = ['../evil', '/abs', 'C:x', 'a\\b', 'a/../b', '', 'ä☃', 'x'.repeat(99), '.', 'a/one.txt'];

function lie(random: Random): Entry {
  const entry = random.pick(entries);
  switch (random.below(5)) {
    case 0:
      return { ...entry, name: random.pick(names) };
    case 1:
      return { ...entry, type: random.pick([...'01234567xgLKSDVA\0', String.fromCharCode(random.below(128))]) };
    case 2:
      return { ...entry, size: random.number(entry.data.length) };
    case 3:
      return { ...entry, data: mutateBytes(entry.data, random) };
    default:
      return {
        ...entry,
        type: 'x',
        data: concat(record('size', String(random.number(3))), record('path', random.pick(names))),
      };
  }
}

interface Read {
  readonly members: readonly { readonly member: TarMember; readonly contents: Uint8Array }[];
}

function read(file: Uint8Array, step: number): Read {
  const members: { member: TarMember; contents: Uint8Array }[] = [];
  const reader = new TarReader(
    'x.tar',
    limits,
    () => true,
    (member, contents) => members.push({ member, contents }),
  );
  for (let at = 0; at < file.length; at += step) reader.push(file.subarray(at, at + step));
  reader.finish();
  return { members };
}

/** Tar archives, as IMDB comes in. */
export const tarFile: FuzzTarget<Read> = {
  name: 'tar',
  corpus,
  mutate(file, random) {
    if (random.chance(0.4)) return mutateBytes(file, random, corpus);
    const lying = [...entries];
    lying.splice(random.below(lying.length), random.below(2), lie(random));
    const whole = tar(lying);
    if (random.chance(0.2))
      return replaceAt(whole, block * random.below(whole.length / block), block, new Uint8Array(block));
    return random.chance(0.2) ? mutateBytes(whole, random, corpus) : whole;
  },
  read: (file) => read(file, 4096),
  isRefusal: (error) => error instanceof DataError && error.isDamage,
  check({ members }, file) {
    let total = 0;
    for (const { member, contents } of members) {
      agree(contents.length === member.bytes && contents.length <= limits.memberBytes, 'the length');
      agree(!/(^|\/)\.\.(\/|$)|^\/|\\|\0/.test(member.path), 'a path that leads nowhere else');
      total += contents.length;
    }
    agree(total <= file.length, 'no more than has arrived');
    // However it arrives.
    const again = read(file, 511);
    agree(again.members.length === members.length, 'the number of members');
    for (const [i, { member, contents }] of again.members.entries()) {
      agree(member.path === members[i]?.member.path, 'the path');
      agree(Buffer.from(contents).equals(members[i]?.contents as Uint8Array), 'the contents');
    }
  },
};
