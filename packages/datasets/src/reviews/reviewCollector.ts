import { isUtf8 } from 'node:buffer';
import { DataError } from '../dataError.ts';
import type { ReviewColumns } from './reviewDataset.ts';
import { classNames, type ReviewName, splitNames } from './reviewName.ts';

/** The longest review of IMDB has 14 KB. */
export const maxReviewBytes = 1 << 20;
/** All of IMDB's have 66 MB. */
const maxTextBytes = 1 << 29;

export type ReviewSplits = Readonly<Record<ReviewName['split'], ReviewColumns>>;

/** Gathers reviews in whatever order they come, and gives them in the order of their names. */
export class ReviewCollector {
  readonly #path: string;
  readonly #found: Record<ReviewName['split'], { readonly name: ReviewName; readonly text: Uint8Array }[]> = {
    train: [],
    test: [],
  };
  readonly #seen = new Set<string>();
  #bytes = 0;

  /** @param path how messages call where the reviews come from */
  constructor(path: string) {
    this.#path = path;
  }

  /** @throws {DataError} `corrupt` for a second review of that id, or a text that is not UTF-8; `too-large` */
  add(name: ReviewName, text: Uint8Array): void {
    const path = this.#path;
    const at = `${name.split}/${classNames[name.label]}/${name.file}`;
    const key = `${name.split} ${name.label} ${name.id}`;
    if (this.#seen.has(key)) {
      throw new DataError('corrupt', `${path} holds the review ${at} twice, or another one with its id`, { path });
    }
    this.#seen.add(key);
    if (!isUtf8(text)) throw new DataError('corrupt', `${path} holds the review ${at}, which is not UTF-8`, { path });
    this.#bytes += text.length;
    if (this.#bytes > maxTextBytes) {
      throw new DataError('too-large', `${path} holds more than ${maxTextBytes} bytes of reviews`, { path });
    }
    this.#found[name.split].push({ name, text });
  }

  /**
   * The reviews of both splits: negative ones first, each class in the order of its files' names, as `sorted(os.listdir())`
   * gives it and the publisher's archive has it.
   *
   * @throws {DataError} `incomplete` where a class has none, `wrong-format` where nothing was found at all
   */
  finish(): ReviewSplits {
    const path = this.#path;
    if (this.#seen.size === 0) {
      const problem = `${path} holds no reviews: expected aclImdb/train/neg/0_3.txt and others like it`;
      throw new DataError('wrong-format', problem, { path });
    }
    for (const split of splitNames) {
      for (const [label, called] of classNames.entries()) {
        if (this.#found[split].some(({ name }) => name.label === label)) continue;
        throw new DataError('incomplete', `${path} holds no reviews in ${split}/${called}`, { path });
      }
    }
    return { train: this.#columns('train'), test: this.#columns('test') };
  }

  #columns(split: ReviewName['split']): ReviewColumns {
    const found = this.#found[split].sort(
      ({ name: a }, { name: b }) => a.label - b.label || (a.file < b.file ? -1 : Number(a.file > b.file)),
    );
    const offsets = new Uint32Array(found.length + 1);
    for (const [i, { text }] of found.entries()) offsets[i + 1] = (offsets[i] as number) + text.length;
    const utf8 = new Uint8Array(offsets[found.length] as number);
    for (const [i, { text }] of found.entries()) utf8.set(text, offsets[i]);
    return {
      ids: Int32Array.from(found, ({ name }) => name.id),
      ratings: Uint8Array.from(found, ({ name }) => name.rating),
      labels: Uint8Array.from(found, ({ name }) => name.label),
      offsets,
      utf8,
    };
  }
}
