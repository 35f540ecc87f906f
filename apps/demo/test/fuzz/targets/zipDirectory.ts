import { inflateRawSync } from 'node:zlib';
import { DataError } from '@flambeau/datasets';
import { findZipMember, type ZipMember } from '@flambeau/datasets/node';
import { mutateBytes } from '../mutateBytes.ts';
import { mutateZip } from '../mutateZip.ts';
import { agree, type FuzzTarget } from '../target.ts';
import { type Member, unzip, zip } from '../zip.ts';

const name = 'vectors.txt';
const text = new TextEncoder().encode('the 0.25 -1.5\nfilm 1 2\n'.repeat(90));
const other = { name: 'other.txt', data: Uint8Array.from({ length: 900 }, (_, i) => i * i) };
const archives: readonly (readonly Member[])[] = [
  [{ name, data: text, deflated: true }],
  [
    { ...other, deflated: true },
    { name, data: text, deflated: true },
    { ...other, name: 'third' },
  ],
  [{ name, data: text }, other],
];
const corpus = archives.map((members) => zip(members));

interface Found {
  readonly member: ZipMember;
  readonly rangesRead: number;
}

/** The directory of a zip archive, from which GloVe's one member is found by ranges. */
export const zipDirectory: FuzzTarget<Found> = {
  name: 'zip-directory',
  corpus,
  mutate: (file, random) => (random.chance(0.4) ? mutateBytes(file, random, corpus) : mutateZip(unzip(file), random)),
  async read(file) {
    let rangesRead = 0;
    const read = async (position: number, length: number) => {
      rangesRead += length;
      if (position < 0 || position + length > file.length) {
        throw new DataError('truncated', 'the directory points beyond the archive');
      }
      return file.slice(position, position + length);
    };
    return { member: await findZipMember('x.zip', file.length, read, name), rangesRead };
  },
  isRefusal: (error) => error instanceof DataError && error.isDamage,
  check({ member }, file) {
    const { start, packedBytes, bytes, isDeflated } = member;
    agree(member.name === name, 'the name');
    agree(start >= 30 && start + packedBytes <= file.length, 'its bytes lie within the archive');
    agree(isDeflated ? bytes <= 1032 * packedBytes : bytes === packedBytes, 'its size can be');
    const packed = file.subarray(start, start + packedBytes);
    // What is found by a sound directory is the file.
    if (corpus.some((sound) => Buffer.from(sound).equals(file))) {
      agree(Buffer.from(isDeflated ? inflateRawSync(packed) : packed).equals(text), 'the contents');
    }
  },
};
