import type { DataFile, ImageDatasetDeclaration } from './declaration.ts';

/** What differs between MNIST and its drop-in replacements: nothing but these. */
export interface IdxChecksums {
  /** SHA-256 of the unpacked file. */
  readonly sha256?: string;
  /** MD5 of the publisher's `.gz`. */
  readonly md5?: string;
  /** Size of the publisher's `.gz`, in bytes. */
  readonly gzipBytes?: number;
}

/** The names that MNIST gave its four files, which every data set after it took over. */
export const mnistSplits: ImageDatasetDeclaration['splits'] = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
};

const imagesHeaderBytes = 16;
const labelsHeaderBytes = 8;
const imageBytes = 28 * 28;

/** Declares MNIST's four files for a data set of `train` + `test` images of 28×28. */
export function mnistFiles(
  counts: { readonly train: number; readonly test: number },
  checksums: Readonly<Record<'trainImages' | 'trainLabels' | 'testImages' | 'testLabels', IdxChecksums>>,
): readonly DataFile[] {
  const file = (name: string, bytes: number, { sha256, md5, gzipBytes }: IdxChecksums): DataFile => ({
    name,
    bytes,
    ...(sha256 !== undefined && { sha256 }),
    archive: {
      name: `${name}.gz`,
      compression: 'gzip',
      ...(gzipBytes !== undefined && { bytes: gzipBytes }),
      ...(md5 !== undefined && { md5 }),
    },
  });
  const { train, test } = mnistSplits;
  return [
    file(train.images, imagesHeaderBytes + counts.train * imageBytes, checksums.trainImages),
    file(train.labels, labelsHeaderBytes + counts.train, checksums.trainLabels),
    file(test.images, imagesHeaderBytes + counts.test * imageBytes, checksums.testImages),
    file(test.labels, labelsHeaderBytes + counts.test, checksums.testLabels),
  ];
}
