import { DataError } from '../dataError.ts';

/** Reviews side by side: the texts in one array, so that 50,000 of them are five objects. */
export interface ReviewColumns {
  readonly ids: Int32Array;
  readonly ratings: Uint8Array;
  readonly labels: Uint8Array;
  /** Review i is `utf8[offsets[i]…offsets[i + 1])`. */
  readonly offsets: Uint32Array;
  readonly utf8: Uint8Array;
}

/** One review, with all that is known of it. */
export interface Review {
  readonly text: string;
  /** 0 negative, 1 positive. */
  readonly label: number;
  /** The reviewer's stars: 1 to 4 in negative reviews, 7 to 10 in positive ones. */
  readonly rating: number;
  /** The number in its file's name; one for each review of a class and split. */
  readonly id: number;
}

/** A text and its class, as `(text, label)` in PyTorch. */
export type LabelledText = [text: string, label: number];

const decoder = new TextDecoder();

/**
 * Reviews with one class each, as a map-style data set: `get(i)` is `[text, label]`. Texts are decoded when they are asked
 * for; use {@link texts} to have all of them.
 *
 * @example
 * ```ts
 * const { train } = await loadImdb();
 * const [text, label] = train.get(0);
 * const { rating, id } = train.review(0);
 * ```
 */
export class ReviewDataset {
  readonly columns: ReviewColumns;

  constructor(columns: ReviewColumns) {
    this.columns = columns;
  }

  get length(): number {
    return this.columns.labels.length;
  }

  /** The class of each review: 0 negative, 1 positive. */
  get labels(): Uint8Array {
    return this.columns.labels;
  }

  /** The stars of each review, 1 to 10. */
  get ratings(): Uint8Array {
    return this.columns.ratings;
  }

  /** The number in each review's file name. */
  get ids(): Int32Array {
    return this.columns.ids;
  }

  /** @throws {RangeError} for an index outside */
  text(index: number): string {
    const { offsets, utf8 } = this.columns;
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`expected an index from 0 to ${this.length - 1}, got ${index}`);
    }
    return decoder.decode(utf8.subarray(offsets[index], offsets[index + 1]));
  }

  /** @throws {RangeError} for an index outside */
  get(index: number): LabelledText {
    return [this.text(index), this.columns.labels[index] as number];
  }

  /** @throws {RangeError} for an index outside */
  review(index: number): Review {
    const { ids, ratings, labels } = this.columns;
    const text = this.text(index);
    return { text, label: labels[index] as number, rating: ratings[index] as number, id: ids[index] as number };
  }

  /** All texts, in order. */
  texts(): string[] {
    return Array.from({ length: this.length }, (_, index) => this.text(index));
  }

  /** The reviews at `indices`, in that order; repeats are allowed. */
  select(indices: ArrayLike<number>): ReviewDataset {
    const { ids, ratings, labels, offsets, utf8 } = this.columns;
    const picked = Array.from(indices, (index) => {
      if (Number.isInteger(index) && index >= 0 && index < this.length) return index;
      throw new RangeError(`expected indices from 0 to ${this.length - 1}, got ${index}`);
    });
    const parts = picked.map((index) => utf8.subarray(offsets[index], offsets[index + 1]));
    const selected = new Uint32Array(picked.length + 1);
    for (const [i, part] of parts.entries()) selected[i + 1] = (selected[i] as number) + part.length;
    const texts = new Uint8Array(selected[picked.length] as number);
    for (const [i, part] of parts.entries()) texts.set(part, selected[i]);
    return new ReviewDataset({
      ids: Int32Array.from(picked, (index) => ids[index] as number),
      ratings: Uint8Array.from(picked, (index) => ratings[index] as number),
      labels: Uint8Array.from(picked, (index) => labels[index] as number),
      offsets: selected,
      utf8: texts,
    });
  }

  /**
   * A small set that is like the whole: the first reviews of each class, as many of one as of the other (one negative more
   * where `count` is odd). The first `count` ones alone would all be negative.
   *
   * @throws {DataError} `bad-argument` unless `count` is a whole number of at least 1
   */
  take(count: number): ReviewDataset {
    if (!Number.isInteger(count) || count < 1) {
      throw new DataError('bad-argument', `expected a number of reviews of at least 1, got ${count}`);
    }
    if (count >= this.length) return this;
    const byClass = [0, 1].map((label) => [...this.labels.keys()].filter((index) => this.labels[index] === label));
    const [negative, positive] = byClass as [number[], number[]];
    const positives = Math.min(positive.length, Math.max(Math.floor(count / 2), count - negative.length));
    return this.select([...negative.slice(0, count - positives), ...positive.slice(0, positives)]);
  }
}
