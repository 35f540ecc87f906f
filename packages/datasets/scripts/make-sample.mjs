/**
 * Makes the FashionMNIST sample that ships with the package: the first 600 training and the first 100 test images of each
 * class, in the official order, as gzip'd IDX files, and prints the lines for src/declarations/fashionMnistSample.ts.
 *
 *     node scripts/make-sample.mjs [FOLDER OF THE OFFICIAL .gz FILES]
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const official = process.argv[2] ?? '/usr/share/datasets/fashion-mnist';
const sample = join(import.meta.dirname, '../sample/fashion-mnist');
const imageBytes = 28 * 28;
const classes = 10;

function unpack(name) {
  return gunzipSync(readFileSync(join(official, `${name}.gz`)));
}

/** Node's gzip writes neither name nor time, so the same contents give the same file. */
function pack(name, contents) {
  writeFileSync(join(sample, `${name}.gz`), gzipSync(contents, { level: 9 }));
  const sha256 = createHash('sha256').update(contents).digest('hex');
  console.log(`${name}: ${contents.length} bytes, sha256 ${sha256}`);
}

mkdirSync(sample, { recursive: true });
for (const [split, perClass] of [
  ['train', 600],
  ['t10k', 100],
]) {
  const imagesName = `${split}-images-idx3-ubyte`;
  const labelsName = `${split}-labels-idx1-ubyte`;
  const images = unpack(imagesName);
  const labels = unpack(labelsName).subarray(8);
  const kept = [];
  const seen = new Array(classes).fill(0);
  labels.forEach((label, index) => {
    if (seen[label]++ < perClass) kept.push(index);
  });

  const imagesOut = Buffer.alloc(16 + kept.length * imageBytes);
  images.copy(imagesOut, 0, 0, 16);
  imagesOut.writeUInt32BE(kept.length, 4);
  const labelsOut = Buffer.alloc(8 + kept.length);
  labelsOut.writeUInt32BE(0x0801, 0);
  labelsOut.writeUInt32BE(kept.length, 4);
  kept.forEach((index, position) => {
    images.copy(imagesOut, 16 + position * imageBytes, 16 + index * imageBytes, 16 + (index + 1) * imageBytes);
    labelsOut[8 + position] = labels[index];
  });
  pack(imagesName, imagesOut);
  pack(labelsName, labelsOut);
}
