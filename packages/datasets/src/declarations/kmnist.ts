import type { ImageDatasetDeclaration } from './declaration.ts';
import { mnistFiles, mnistSplits } from './idxFiles.ts';

/**
 * KMNIST: 60,000 + 10,000 grey images of 28×28 of cursive Japanese characters in 10 classes, `torchvision.datasets.KMNIST`.
 *
 * Only the MD5 sums of the publisher's `.gz` files are known: unpacked files are checked by their size and header alone.
 */
export const kmnist: ImageDatasetDeclaration = {
  kind: 'image-classification',
  name: 'kmnist',
  title: 'KMNIST',
  folders: ['kmnist', 'KMNIST/raw', 'KMNIST'],
  classes: ['o', 'ki', 'su', 'tsu', 'na', 'ha', 'ma', 'ya', 're', 'wo'],
  splits: mnistSplits,
  files: mnistFiles(
    { train: 60_000, test: 10_000 },
    {
      trainImages: { md5: 'bdb82020997e1d708af4cf47b453dcf7' },
      trainLabels: { md5: 'e144d726b3acfaa3e44228e80efcd344' },
      testImages: { md5: '5c965bf0a639b31b8f53240b1b52f4d7' },
      testLabels: { md5: '7320c461ea6c1c855c0b718fb2a4b134' },
    },
  ),
  mirrors: ['http://codh.rois.ac.jp/kmnist/dataset/kmnist/'],
  homepage: 'https://github.com/rois-codh/kmnist',
  licence: { name: 'CC BY-SA 4.0', url: 'https://creativecommons.org/licenses/by-sa/4.0/' },
  citation:
    '"KMNIST Dataset" (created by CODH), adapted from "Kuzushiji Dataset" (created by NIJL and others), doi:10.20676/00000341. Tarin Clanuwat et al.: Deep Learning for Classical Japanese Literature. arXiv:1812.01718 (2018).',
};
