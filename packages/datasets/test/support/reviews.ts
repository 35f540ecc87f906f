import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TarMember } from './tar.ts';

/** A small aclImdb: two reviews of each class and split, and what the archive holds beside them. */
export const reviews: Readonly<Record<string, string>> = {
  'train/neg/0_3.txt': 'A dull film.<br /><br />I slept.',
  'train/neg/10_1.txt': 'Worse than the book, which is no praise.',
  'train/neg/2_4.txt': 'Not bad enough to be fun.',
  'train/pos/0_9.txt': 'A délicieux film — 10/10 ☺',
  'train/pos/1_7.txt': 'I laughed.',
  'test/neg/0_2.txt': 'No.',
  'test/neg/1_1.txt': 'Never again.',
  'test/pos/0_10.txt': 'Yes!',
  'test/pos/1_8.txt': 'Again, please.',
};

const others: Readonly<Record<string, string>> = {
  README: 'Large Movie Review Dataset v1.0',
  'imdb.vocab': 'the\nand\n',
  'train/unsup/0_0.txt': 'Who knows?',
  'train/urls_neg.txt': 'http://www.imdb.com/title/tt0000001/usercomments\n',
  'train/labeledBow.feat': '9 0:9 1:1\n',
};

/** The members of the archive, in an order of their own. */
export const reviewMembers: readonly TarMember[] = [
  { name: 'aclImdb/', type: '5' },
  ...Object.entries({ ...others, ...reviews })
    .reverse()
    .map(([name, data]) => ({ name: `aclImdb/${name}`, data })),
];

/** Unpacks them into a folder. */
export function writeReviews(
  folder: string,
  files: Readonly<Record<string, string | Buffer>> = { ...others, ...reviews },
) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
