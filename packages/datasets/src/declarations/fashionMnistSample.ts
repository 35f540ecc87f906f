import type { ImageDatasetDeclaration } from './declaration.ts';
import { mnistFiles, mnistSplits } from './idxFiles.ts';

/**
 * The part of FashionMNIST that ships with this package: the first 600 training and the first 100 test images of each
 * class, in the official order (`scripts/make-sample.mjs` makes it). Its files are in `sample/fashion-mnist/`.
 */
export const fashionMnistSample: ImageDatasetDeclaration = {
  kind: 'image-classification',
  name: 'fashion-mnist-sample',
  title: 'FashionMNIST (sample)',
  folders: ['fashion-mnist'],
  classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  splits: mnistSplits,
  files: mnistFiles(
    { train: 6_000, test: 1_000 },
    {
      trainImages: { sha256: 'cf313073c7eb485392848071d5c433571d7166043e971e3345b095cc30518084' },
      trainLabels: { sha256: '097b93fbcf9bd5bc648b1a457ddc55c9e4ab49afb33f9ecae8ce068399a75e3a' },
      testImages: { sha256: '7cee33c3c6414b1b86c25e665a6c4f41584269de3b7cc9768b1d351922845eef' },
      testLabels: { sha256: '3128d790775889812b73c4f13923559c8b9e281d112c6ea7862acf60a206a909' },
    },
  ),
  mirrors: [],
  homepage: 'https://github.com/zalandoresearch/fashion-mnist',
  licence: { name: 'MIT', url: 'https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE' },
  citation:
    'Han Xiao, Kashif Rasul, Roland Vollgraf: Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms. arXiv:1708.07747 (2017).',
};
