import { concat, encodeNumber } from './mutateBytes.ts';
import type { Random } from './random.ts';

/** How many bytes of arguments follow an opcode: so many, a length field of so many bytes and what it counts, or lines. */
type Arguments = number | { readonly length: number } | { readonly lines: number };

const ARGUMENTS: Readonly<Record<number, Arguments>> = {
  128: 1,
  149: 8,
  74: 4,
  75: 1,
  77: 2,
  138: { length: 1 },
  139: { length: 4 },
  71: 8,
  88: { length: 4 },
  140: { length: 1 },
  141: { length: 8 },
  66: { length: 4 },
  67: { length: 1 },
  142: { length: 8 },
  113: 1,
  114: 4,
  104: 1,
  106: 4,
  99: { lines: 2 },
  105: { lines: 2 },
  73: { lines: 1 },
};

const PLAIN = [0x28, 0x30, 0x31, 0x32, 0x4e, 0x88, 0x89, 0x5d, 0x29, 0x7d, 0x8f, 0x85, 0x86, 0x87, 0x74, 0x6c, 0x64];
const ACTING = [0x61, 0x65, 0x73, 0x75, 0x90, 0x94, 0x93, 0x52, 0x62, 0x51, 0x81, 0x92, 0x6f, 0x2e];
const OPCODES = [...PLAIN, ...ACTING, ...Object.keys(ARGUMENTS).map(Number)];
/** A list, a mark, a pair of the same value twice. */
const GROWTH = [[0x5d], [0x28], [0x32, 0x86]] as const;
const GLOBALS = [
  'os\nsystem',
  'builtins\neval',
  'torch\nFloatStorage',
  'torch\nLongStorage',
  'torch.storage\nUntypedStorage',
  'torch._utils\n_rebuild_tensor_v2',
  'torch._utils\n_rebuild_tensor_v3',
  'torch._utils\n_rebuild_parameter',
  'collections\nOrderedDict',
  'torch\nSize',
  '_codecs\nencode',
  '__builtin__\nset',
];

function argumentBytes(pickle: Uint8Array, at: number): number {
  const kind = ARGUMENTS[pickle[at]!];
  if (kind === undefined) return 0;
  if (typeof kind === 'number') return kind;
  if ('lines' in kind) {
    let end = at;
    for (let left = kind.lines; left > 0; left--) end = pickle.indexOf(0x0a, end + 1);
    return end - at;
  }
  let length = 0;
  for (let i = kind.length; i > 0; i--) length = 256 * length + pickle[at + i]!;
  return kind.length + length;
}

/** A sound pickle's instructions, each with its arguments. */
export function instructions(pickle: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < pickle.length; ) {
    const length = 1 + argumentBytes(pickle, at);
    found.push(pickle.subarray(at, at + length));
    at += length;
  }
  return found;
}

/** An instruction with arguments at random, its length field true or not. */
function invent(random: Random): Uint8Array {
  const code = random.pick(OPCODES);
  const kind = ARGUMENTS[code];
  const head = Uint8Array.of(code);
  if (kind === undefined) return head;
  if (typeof kind === 'number') return concat(head, encodeNumber(random.number(), kind, true));
  if ('lines' in kind) return concat(head, new TextEncoder().encode(`${random.pick(GLOBALS)}\n`));
  const text = random.bytes(random.below(12)).map((byte) => byte & 0x7f);
  return concat(head, encodeNumber(random.chance(0.8) ? text.length : random.number(), kind.length, true), text);
}

/** The same instruction with another number in it. */
function renumber(instruction: Uint8Array, random: Random): Uint8Array {
  const kind = ARGUMENTS[instruction[0]!];
  const width = typeof kind === 'number' ? kind : kind !== undefined && 'length' in kind ? kind.length : 0;
  if (width === 0) return random.chance(0.5) ? instruction : invent(random);
  const changed = instruction.slice();
  changed.set(encodeNumber(random.number(instruction[1]), width, true), 1);
  return changed;
}

/** A few changes to a pickle, instruction by instruction. */
export function mutatePickle(pickle: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  const list = instructions(pickle);
  for (let left = 1 + random.below(4); left > 0; left--) {
    const at = random.below(list.length);
    switch (random.below(8)) {
      case 0:
        list.splice(at, 1 + random.below(3));
        break;
      case 1:
        list.splice(at, 0, ...list.slice(at, at + 1 + random.below(12)));
        break;
      case 2:
        list.splice(at, random.below(2), invent(random));
        break;
      case 3:
        if (list[at]) list[at] = renumber(list[at], random);
        break;
      case 4: {
        const other = instructions(random.pick(others));
        const from = random.below(other.length);
        list.splice(at, 0, ...other.slice(from, from + 1 + random.below(12)));
        break;
      }
      case 5:
        // Depth and growth: lists in lists, a value that is doubled again and again.
        for (let n = random.pick([3, 30, 600]); n > 0; n--) {
          list.splice(at, 0, Uint8Array.from(random.pick(GROWTH)));
        }
        break;
      case 6: {
        const globals = list.flatMap((instruction, i) => (instruction[0] === 0x63 ? [i] : []));
        if (globals.length > 0) list[random.pick(globals)] = new TextEncoder().encode(`c${random.pick(GLOBALS)}\n`);
        break;
      }
      default: {
        const to = random.below(list.length);
        if (list[at] && list[to]) [list[at], list[to]] = [list[to], list[at]];
      }
    }
  }
  return concat(...list);
}
