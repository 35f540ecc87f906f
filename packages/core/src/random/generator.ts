import { boxMuller16 } from './boxMuller.ts';
import { packState, unpackState } from './generatorState.ts';
import { MersenneTwister } from './mersenneTwister.ts';

/** The seed of a `torch.Generator` that nobody has seeded. */
const DEFAULT_SEED = 67280421310721n;

const MIN_SEED = -(2n ** 63n);
const MAX_SEED = 2n ** 64n - 1n;

/** Ranges of this size and larger take 64 bits a number, so that `%` skews little. */
const WIDE_RANGE = 2n ** 28n;

/** From this length on PyTorch shuffles by another rule; such a permutation would not fit in memory here. */
const MAX_PERMUTATION = Math.floor((2 ** 32 - 1) / 20);

/**
 * PyTorch's CPU generator: after the same seed, the same numbers, bit for bit.
 *
 * The engine is mt19937; `uniform`, `normal`, `bernoulli`, `randperm` and `randint` consume it as PyTorch 2.13 does on
 * x86-64 machines with AVX2 or AVX-512 (on Intel's, PyTorch's own `bernoulli_` and dropout differ: they use MKL's
 * generator). States can be exchanged with PyTorch in both directions.
 *
 * Fewer than 16 normal numbers go through `Math.log1p`, `sin` and `cos`, whose last bit may differ from the C library's;
 * in a million of them, rounded to float32, none differed.
 *
 * @example
 * ```ts
 * const generator = new Generator().manualSeed(0);
 * const x = generator.uniform(new Float32Array(3)); // 0.4963, 0.7682, 0.0885, as torch.rand(3)
 * ```
 *
 * Source: `torch.Generator`, and M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).
 */
export class Generator {
  private readonly engine = new MersenneTwister(Number(DEFAULT_SEED & 0xffffffffn));
  private currentSeed = DEFAULT_SEED;
  private nextNormal: number | undefined = undefined;

  /**
   * Starts the sequence of `seed` (`torch.Generator.manual_seed`).
   *
   * @param seed a whole number in [-2⁶³, 2⁶⁴); a negative one means 2⁶⁴ + seed. Only its low 32 bits choose the sequence.
   */
  manualSeed(seed: number | bigint): this {
    const whole = seedToInteger(seed);
    if (whole < MIN_SEED || whole > MAX_SEED) {
      throw new RangeError(`a seed lies in [-2^63, 2^64), got ${seed}`);
    }
    this.currentSeed = BigInt.asUintN(64, whole);
    this.nextNormal = undefined;
    this.engine.seed(Number(this.currentSeed & 0xffffffffn));
    return this;
  }

  /** Seeds with 64 bits from the system's entropy, and returns them (`torch.Generator.seed`). */
  seed(): bigint {
    const [entropy] = globalThis.crypto.getRandomValues(new BigUint64Array(1));
    this.manualSeed(entropy!);
    return entropy!;
  }

  /** The seed that the sequence started from, as an unsigned 64-bit number (`torch.Generator.initial_seed`). */
  initialSeed(): bigint {
    return this.currentSeed;
  }

  /** The state, in the 5,056 bytes of `torch.Generator.get_state()`. */
  getState(): Uint8Array {
    const { left, next, state } = this.engine;
    return packState({ seed: this.currentSeed, left, next, words: state, nextNormal: this.nextNormal });
  }

  /**
   * Takes over a state of {@link getState} or of `torch.Generator.get_state()`.
   *
   * @throws RangeError if the bytes can't be a CPU generator's state; the generator is left as it was.
   */
  setState(bytes: Uint8Array): this {
    const { seed, left, next, words, nextNormal } = unpackState(bytes);
    this.currentSeed = seed;
    this.nextNormal = nextNormal;
    this.engine.state.set(words);
    this.engine.resume(left, next);
    return this;
  }

  /** A generator in the same state, which then goes its own way. */
  clone(): Generator {
    return new Generator().setState(this.getState());
  }

  /** The next 32 bits, unsigned. */
  random32(): number {
    return this.engine.draw();
  }

  /** The next 64 bits, unsigned: two words, the upper first. */
  random64(): bigint {
    const upper = this.engine.draw();
    const lower = this.engine.draw();
    return (BigInt(upper) << 32n) | BigInt(lower);
  }

  /** `torch.empty((), dtype=torch.int64).random_()`: 63 bits. A shuffling DataLoader draws its seeds so. */
  randomInt64(): bigint {
    return BigInt.asUintN(63, this.random64());
  }

  /** Fills `out` with numbers uniform in [from, to) (`Tensor.uniform_`, `torch.rand`), and returns it. */
  uniform(out: Float32Array, from = 0, to = 1): Float32Array {
    const low = Math.fround(from);
    const high = Math.fround(to);
    const width = Math.fround(high - low);
    if (!(low <= high && width < Infinity)) {
      throw new RangeError(`uniform numbers need from <= to and a finite to - from, got [${from}, ${to})`);
    }
    this.fill24(out);
    if (low === 0 && high === 1) return out;
    for (let i = 0; i < out.length; i++) {
      // In a double the product is exact, so this rounds once, as PyTorch's fused multiply-add does.
      const value = Math.fround(out[i]! * width + low);
      out[i] = value === high ? low : value;
    }
    return out;
  }

  /**
   * Fills `out` with normal numbers (`Tensor.normal_`, `torch.randn`), and returns it. As in PyTorch, sixteen and more
   * come from another stream than fewer, which are drawn in pairs: an odd one out waits for the next call.
   *
   * @param mean mean of the distribution.
   * @param std standard deviation, at least 0.
   */
  normal(out: Float32Array, mean = 0, std = 1): Float32Array {
    if (!(std >= 0)) throw new RangeError(`a standard deviation is at least 0, got ${std}`);
    const n = out.length;
    if (n < 16) {
      for (let i = 0; i < n; i++) out[i] = this.drawNormal() * std + mean;
      return out;
    }
    const centre = Math.fround(mean);
    const scale = Math.fround(std);
    this.fill24(out);
    for (let i = 0; i + 16 <= n; i += 16) boxMuller16(out, i, centre, scale);
    if (n % 16 !== 0) {
      // The last sixteen are drawn anew, over some that were good already.
      this.fill24(out.subarray(n - 16));
      boxMuller16(out, n - 16, centre, scale);
    }
    return out;
  }

  /**
   * Fills `out` with 1 at probability `p`, else 0 (`Tensor.bernoulli_(p)`; dropout draws its mask so), and returns it.
   *
   * @param p a probability, compared as a double with 53 random bits.
   */
  bernoulli<Out extends Float32Array | Uint8Array | Int32Array>(out: Out, p = 0.5): Out {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability lies in [0, 1], got ${p}`);
    // x / 2^53 < p exactly when x < p · 2^53, which a double holds.
    const threshold = p * 2 ** 53;
    const { engine } = this;
    const { block } = engine;
    let i = 0;
    while (i < out.length) {
      const pairs = Math.min(engine.available() >> 1, out.length - i);
      if (pairs === 0) {
        // One word is left in this block: the pair straddles the refill.
        out[i++] = below(engine.draw(), engine.draw(), threshold);
        continue;
      }
      let word = engine.next;
      for (const end = i + pairs; i < end; i++, word += 2) {
        out[i] = below(block[word]!, block[word + 1]!, threshold);
      }
      engine.advance(2 * pairs);
    }
    return out;
  }

  /** A random permutation of 0..n-1 (`torch.randperm`). */
  randperm(n: number): Int32Array {
    if (!Number.isInteger(n) || n < 0 || n >= MAX_PERMUTATION) {
      throw new RangeError(`a permutation has between 0 and ${MAX_PERMUTATION - 1} elements, got ${n}`);
    }
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = 0; i < n - 1; i++) {
      const j = i + (this.engine.draw() % (n - i));
      const saved = order[i]!;
      order[i] = order[j]!;
      order[j] = saved;
    }
    return order;
  }

  /**
   * `n` whole numbers uniform in [low, high) (`torch.randint`).
   *
   * @throws RangeError if the range is empty, or a bound is not a safe integer.
   */
  randint(low: number, high: number, n: number): Float64Array {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low >= high) {
      throw new RangeError(`randint needs whole numbers low < high, got [${low}, ${high})`);
    }
    const out = new Float64Array(n);
    const base = BigInt(low);
    const range = BigInt(high) - base;
    for (let i = 0; i < n; i++) {
      out[i] =
        range < WIDE_RANGE ? low + (this.engine.draw() % (high - low)) : Number(base + (this.random64() % range));
    }
    return out;
  }

  /** Fills `out` with the low 24 bits of each word, over 2^24. */
  private fill24(out: Float32Array): void {
    const { engine } = this;
    const { block } = engine;
    let i = 0;
    while (i < out.length) {
      const count = Math.min(engine.available(), out.length - i);
      let word = engine.next;
      for (const end = i + count; i < end; i++, word++) out[i] = (block[word]! & 0xffffff) * 2 ** -24;
      engine.advance(count);
    }
  }

  /** One standard normal number: Box-Muller on a pair of 53-bit uniform ones, in doubles. */
  private drawNormal(): number {
    if (this.nextNormal !== undefined) {
      const waiting = this.nextNormal;
      this.nextNormal = undefined;
      return waiting;
    }
    const u1 = this.draw53();
    const u2 = this.draw53();
    const radius = Math.sqrt(-2 * Math.log1p(-u2));
    const theta = 2 * Math.PI * u1;
    this.nextNormal = radius * Math.sin(theta);
    return radius * Math.cos(theta);
  }

  private draw53(): number {
    const upper = this.engine.draw() & 0x1fffff;
    return (upper * 2 ** 32 + this.engine.draw()) * 2 ** -53;
  }
}

/** 1 if the 53 low bits of a pair of words are below a threshold, else 0. */
function below(upper: number, lower: number, threshold: number): 0 | 1 {
  return (upper & 0x1fffff) * 2 ** 32 + (lower >>> 0) < threshold ? 1 : 0;
}

function seedToInteger(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value;
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`a seed is a whole number (beyond 2^53 a bigint), got ${value}`);
  }
  return BigInt(value);
}
