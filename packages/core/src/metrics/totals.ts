import { dispose, stack, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';

/** Scalars that pile up before they are read together. */
const READ_EVERY = 64;

/**
 * Sums scalars over an epoch (a loss, a count of right answers) without waiting for the device at each step: they stay
 * there and are read together, asynchronously, once in a while. The sums are kept in double precision.
 *
 * @example
 * ```ts
 * const totals = new metrics.Totals();
 * for await (const [images, labels] of loader) {
 *   totals.add(optimizer.minimize(() => {
 *     const logits = net.forward(images);
 *     return { loss: F.crossEntropy(logits, labels), correct: metrics.correct(logits, labels) };
 *   }));
 * }
 * const { loss, correct } = await totals.read();
 * ```
 */
export class Totals<Name extends string = string> {
  private pending: Record<Name, Tensor>[] = [];
  private readonly sums = new Map<Name, number>();
  private readonly broken = new Map<Name, { readonly at: number; readonly value: number }>();
  private reading: Promise<void> = Promise.resolve();
  /** How many times {@link add} has been called. */
  count = 0;

  /** Adds one scalar for each name, and takes them over: they are disposed once they have been read. */
  add(scalars: Record<Name, Tensor>): void {
    this.count++;
    this.pending.push(scalars);
    if (this.pending.length >= READ_EVERY) this.flush();
  }

  /** Waits for all that has been added, and gives the sums so far. */
  async read(): Promise<Record<Name, number>> {
    this.flush();
    await this.reading;
    return Object.fromEntries(this.sums) as Record<Name, number>;
  }

  /**
   * The first NaN or infinity under a name and which {@link add} brought it, counted from 1; as far as has been read,
   * nothing is waited for.
   */
  firstNonFinite(name: Name): { readonly at: number; readonly value: number } | undefined {
    return this.broken.get(name);
  }

  /** Frees what has not been read yet: for a loop that ends in an error. */
  async discard(): Promise<void> {
    for (const scalars of this.pending) dispose(scalars as Record<string, Tensor>);
    this.pending = [];
    await this.reading.catch(() => {});
  }

  /** Starts to read what is pending, and frees it on the device. */
  private flush(): void {
    const batch = this.pending;
    if (batch.length === 0) return;
    this.pending = [];
    const first = this.count - batch.length + 1;
    const reads = (Object.keys(batch[0]) as Name[]).map((name) => {
      const scalars = batch.map((entry) => entry[name]);
      const backend = commonBackend('Totals', scalars);
      const together = backend.run(() => tidy(() => stack(scalars)));
      const read = backend.reading(together.data()).finally(() => together.dispose());
      for (const scalar of scalars) scalar.dispose();
      return read.then((values) => {
        let sum = this.sums.get(name) ?? 0;
        for (const value of values) sum += value;
        this.sums.set(name, sum);
        const at = values.findIndex((value) => !Number.isFinite(value));
        if (at >= 0 && !this.broken.has(name)) this.broken.set(name, { at: first + at, value: values[at] });
      });
    });
    const earlier = this.reading;
    this.reading = Promise.all([earlier, ...reads]).then(() => {});
    // The failure is reported by read(); until then it must not count as unhandled.
    this.reading.catch(() => {});
  }
}
