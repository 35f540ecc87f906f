import type { FuzzTarget } from './target.ts';

/** Parsers that go wrong on every third file or so, each in its own way. */
class Refusal extends Error {}

const bad = (read: (file: Uint8Array) => unknown): FuzzTarget => ({
  name: 'bad',
  corpus: [new Uint8Array(8)],
  mutate: (_, random) => Uint8Array.of(random.below(3)),
  read: (file) => {
    if (file.length > 1) return 0;
    if (file[0] === 0) return read(file);
    if (file[0] === 1) throw new Refusal('no');
    return 0;
  },
  isRefusal: (error) => error instanceof Refusal,
  check: (result) => {
    if (result !== 0) throw new Error('a wrong result: not 0');
  },
});

const target = (read: (file: Uint8Array) => unknown) => async () => bad(read) as FuzzTarget<never>;

let kept: unknown;

export const targets = {
  right: target(() => 0),
  wrong: target(() => 1),
  crashing: target(() => (undefined as never as { length: number }).length),
  greedy: target(() => {
    kept = new Uint8Array(8 << 20);
    return kept === undefined ? 1 : 0;
  }),
  // Large only for a moment: what is garbage at the end has been there.
  wasteful: target(() => {
    for (let i = 0; i < 20; i++) kept = new Array(1 << 20).fill(i);
    kept = undefined;
    return 0;
  }),
  hanging: target(() => {
    for (;;) kept = 0;
  }),
  dying: target(() => process.abort()),
};
