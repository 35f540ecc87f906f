/** Words in the state of mt19937. */
export const STATE_SIZE = 624;

const SHIFT = 397;

/**
 * The Mersenne Twister mt19937 (Matsumoto, Nishimura, 1998), laid out as PyTorch's engine so that the two can exchange
 * states: `next` is the index of the coming word, `left - 1` the number of words before the next refill.
 *
 * The words of a block are tempered when the block is made: `block` is read in place by those who need many, and
 * {@link advance} tells how many were taken.
 */
export class MersenneTwister {
  /** The raw state, 32-bit words (signed, which engines compute with fastest). */
  readonly state = new Int32Array(STATE_SIZE);
  /** The state's words as they are handed out (tempered). */
  readonly block = new Int32Array(STATE_SIZE);
  left = 1;
  next = 0;

  constructor(seed: number) {
    this.seed(seed);
  }

  /** Starts the sequence of a 32-bit seed. */
  seed(seed: number): void {
    const state = this.state;
    state[0] = seed;
    for (let i = 1; i < STATE_SIZE; i++) {
      const previous = state[i - 1]!;
      state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
    this.left = 1;
    this.next = 0;
  }

  /** Takes over a state, whose words are in `this.state` already. */
  resume(left: number, next: number): void {
    this.left = left;
    this.next = next;
    this.temper();
  }

  /** The number of words that can be read from `block` at `next`: at least one, since an empty block is refilled. */
  available(): number {
    if (this.left === 1) {
      this.twist();
      // PyTorch refills when the word is drawn; 625 is one more than its 624, and `advance` makes up for it.
      this.left = STATE_SIZE + 1;
      this.next = 0;
    }
    return this.left - 1;
  }

  /** Says that `count` words were taken from `block`. */
  advance(count: number): void {
    this.left -= count;
    this.next += count;
  }

  /** One word, unsigned. */
  draw(): number {
    this.available();
    this.left--;
    return this.block[this.next++]! >>> 0;
  }

  private twist(): void {
    const state = this.state;
    for (let i = 0; i < STATE_SIZE - SHIFT; i++) {
      state[i] = state[i + SHIFT]! ^ mix(state[i]!, state[i + 1]!);
    }
    for (let i = STATE_SIZE - SHIFT; i < STATE_SIZE - 1; i++) {
      state[i] = state[i + SHIFT - STATE_SIZE]! ^ mix(state[i]!, state[i + 1]!);
    }
    state[STATE_SIZE - 1] = state[SHIFT - 1]! ^ mix(state[STATE_SIZE - 1]!, state[0]!);
    this.temper();
  }

  private temper(): void {
    const { state, block } = this;
    for (let i = 0; i < STATE_SIZE; i++) {
      let y = state[i]!;
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      block[i] = y ^ (y >>> 18);
    }
  }
}

/** The twist of two neighbouring words: upper bit of the first, lower 31 of the second. */
function mix(upper: number, lower: number): number {
  return (((upper & 0x80000000) | (lower & 0x7fffffff)) >>> 1) ^ (-(lower & 1) & 0x9908b0df);
}
