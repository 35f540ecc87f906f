import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Sentences of a film review in which one word tells the class. */
const words = {
  neg: ['awful', 'dull', 'boring', 'terrible', 'weak', 'tedious'],
  pos: ['wonderful', 'superb', 'moving', 'brilliant', 'great', 'charming'],
} as const;
const plain = [
  'the',
  'film',
  'was',
  'a',
  'story',
  'about',
  'people',
  'in',
  'town',
  'with',
  'an',
  'actor',
  'and',
  'music',
];

function review(label: 'neg' | 'pos', id: number): string {
  const telling = words[label];
  const filler = Array.from({ length: 6 + (id % 7) }, (_, i) => plain[(id * 5 + i * 3 + i * i) % plain.length]);
  const at = id % filler.length;
  return [
    ...filler.slice(0, at),
    telling[id % telling.length],
    telling[(id * 7 + 1) % telling.length],
    ...filler.slice(at),
  ].join(' ');
}

const block = 512;

function tarFile(name: string, text: string): Buffer {
  const data = Buffer.from(text);
  const header = Buffer.alloc(block);
  header.write(name);
  header.write('0000644\0', 100);
  header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        0', 148);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, data, Buffer.alloc(-data.length & (block - 1))]);
}

/** The sizes of the tiny IMDB: reviews of each class. */
export const sizes = { train: 60, test: 20 } as const;

/** Writes an `aclImdb_v1.tar.gz` with a few reviews made for the test, laid out as the publisher's. */
export async function writeTinyImdb(folder: string): Promise<void> {
  const files = (['train', 'test'] as const).flatMap((split) =>
    (['neg', 'pos'] as const).flatMap((label) =>
      Array.from({ length: sizes[split] }, (_, id) =>
        tarFile(
          `aclImdb/${split}/${label}/${id}_${label === 'neg' ? 2 : 9}.txt`,
          review(label, split === 'train' ? id : id + 101),
        ),
      ),
    ),
  );
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'aclImdb_v1.tar.gz'), gzipSync(Buffer.concat([...files, Buffer.alloc(2 * block)])));
}

/** Writes a `glove.6B.100d.txt` with a few words: those that tell a class point one way or the other. */
export async function writeTinyGlove(folder: string): Promise<void> {
  const all = [...plain, ...words.neg, ...words.pos];
  const lines = all.map((word, row) => {
    const side = (words.neg as readonly string[]).includes(word)
      ? -1
      : (words.pos as readonly string[]).includes(word)
        ? 1
        : 0;
    const numbers = Array.from({ length: 100 }, (_, i) =>
      (Math.sin(row * 31 + i * 7) / 4 + (i < 10 ? side : 0)).toFixed(5),
    );
    return `${word} ${numbers.join(' ')}\n`;
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'glove.6B.100d.txt'), lines.join(''));
}
