import type { ImageDatasetDeclaration } from './declaration.ts';
import { mnistFiles, mnistSplits } from './idxFiles.ts';

/** MNIST: 60,000 + 10,000 grey images of 28×28 of handwritten digits, `torchvision.datasets.MNIST`. */
export const mnist: ImageDatasetDeclaration = {
  kind: 'image-classification',
  name: 'mnist',
  title: 'MNIST',
  folders: ['mnist', 'MNIST/raw', 'MNIST'],
  classes: [
    '0 - zero',
    '1 - one',
    '2 - two',
    '3 - three',
    '4 - four',
    '5 - five',
    '6 - six',
    '7 - seven',
    '8 - eight',
    '9 - nine',
  ],
  splits: mnistSplits,
  files: mnistFiles(
    { train: 60_000, test: 10_000 },
    {
      trainImages: {
        sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
        md5: 'f68b3c2dcbeaaa9fbdd348bbdeb94873',
        gzipBytes: 9_912_422,
      },
      trainLabels: {
        sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
        md5: 'd53e105ee54ea40749a09fcbcd1e9432',
        gzipBytes: 28_881,
      },
      testImages: {
        sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
        md5: '9fb629c4189551a2d022fa330f9573f3',
        gzipBytes: 1_648_877,
      },
      testLabels: {
        sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
        md5: 'ec29112dd5afa0611ce80d1b7f02629c',
        gzipBytes: 4_542,
      },
    },
  ),
  mirrors: ['https://ossci-datasets.s3.amazonaws.com/mnist/', 'http://yann.lecun.com/exdb/mnist/'],
  homepage: 'http://yann.lecun.com/exdb/mnist/',
  licence: { name: 'CC BY-SA 3.0', url: 'https://creativecommons.org/licenses/by-sa/3.0/' },
  citation:
    'Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner: Gradient-based learning applied to document recognition. Proceedings of the IEEE 86(11), 2278–2324 (1998).',
};
