import type { Random } from './random.ts';
import { type Member, zip } from './zip.ts';

const NAMES = [
  '../evil',
  '/abs',
  'C:\\evil',
  'archive/data.pkl',
  'data.pkl',
  '',
  'archive/data/0',
  '0.npy',
  'ä☃',
  'x/code/y',
];

/** Writes an archive that lies about one thing in one of its members, or in its directory's end. */
export function mutateZip(members: readonly Member[], random: Random): Uint8Array {
  const lying = [...members];
  const at = random.below(lying.length);
  const member = lying[at]!;
  const lies: (() => Partial<Member>)[] = [
    () => ({ size: random.number(member.data.length) }),
    () => ({ packedSize: random.number(member.data.length) }),
    // Both: as long as they agree they are believed longer.
    () => {
      const size = random.number(member.data.length);
      return { size, packedSize: size };
    },
    () => ({ crc: random.number() }),
    () => ({ method: random.pick([0, 8, 12, 14, 99, random.below(65536)]) }),
    () => ({ flags: random.below(65536) }),
    () => ({ offset: random.number() }),
    () => ({ name: random.pick(NAMES), localName: random.pick([...NAMES, member.name]) }),
    () => {
      const name = random.pick(NAMES);
      return { name, localName: name };
    },
    () => ({ deflated: !member.deflated }),
  ];
  switch (random.below(10)) {
    case 0:
      return zip(lying, { count: random.number(lying.length) });
    case 1:
      return zip(lying, { start: random.number() });
    case 2:
      return zip(lying, { comment: random.below(65536) });
    case 3:
      // One member less, or one twice.
      lying.splice(at, random.below(2), ...(random.chance(0.5) ? [random.pick(members)] : []));
      return zip(lying);
    default:
      lying[at] = { ...member, ...random.pick(lies)() };
      return zip(lying);
  }
}
