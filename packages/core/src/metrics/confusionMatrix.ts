/**
 * How often each class was taken for each: `counts[target][prediction]`.
 *
 * @example
 * ```ts
 * const matrix = new metrics.ConfusionMatrix(10);
 * matrix.update(await tf.argMax(logits, 1).data(), await labels.data());
 * matrix.accuracy; // the diagonal's share
 * ```
 */
export class ConfusionMatrix {
  readonly classes: number;
  /** Row-major: `counts[target * classes + prediction]`. */
  readonly counts: Int32Array;

  constructor(classes: number) {
    if (!Number.isInteger(classes) || classes < 1) {
      throw new RangeError(`ConfusionMatrix: expected a whole number of classes above 0, got ${classes}`);
    }
    this.classes = classes;
    this.counts = new Int32Array(classes * classes);
  }

  /**
   * Adds predictions and their targets.
   *
   * @throws {RangeError} if the lengths differ or a class is out of range; nothing has been added then.
   */
  update(predictions: ArrayLike<number>, targets: ArrayLike<number>): this {
    if (predictions.length !== targets.length) {
      throw new RangeError(`expected as many predictions as targets, got ${predictions.length} and ${targets.length}`);
    }
    const inRange = (value: number) => Number.isInteger(value) && value >= 0 && value < this.classes;
    for (let i = 0; i < targets.length; i++) {
      if (!inRange(predictions[i]) || !inRange(targets[i])) {
        throw new RangeError(`expected classes below ${this.classes}, got ${predictions[i]} for ${targets[i]}`);
      }
    }
    for (let i = 0; i < targets.length; i++) this.counts[targets[i] * this.classes + predictions[i]]++;
    return this;
  }

  at(target: number, prediction: number): number {
    return this.counts[target * this.classes + prediction];
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** The share of right predictions; NaN when there are none. */
  get accuracy(): number {
    let right = 0;
    for (let i = 0; i < this.classes; i++) right += this.at(i, i);
    return right / this.total;
  }

  /** One row a target, one column a prediction. */
  toArray(): number[][] {
    return Array.from({ length: this.classes }, (_, row) =>
      Array.from(this.counts.subarray(row * this.classes, (row + 1) * this.classes)),
    );
  }
}
