import type { ImageDatasetDeclaration } from './declaration.ts';
import { fashionMnistSample } from './fashionMnistSample.ts';
import { mnistFiles, mnistSplits } from './idxFiles.ts';

/**
 * FashionMNIST: 60,000 + 10,000 grey images of 28×28 of Zalando's articles in 10 classes, `torchvision.datasets.FashionMNIST`.
 *
 * MD5 sums are torchvision's (of the publisher's `.gz`), SHA-256 sums are of the unpacked files, which are the same from
 * every source.
 */
export const fashionMnist: ImageDatasetDeclaration = {
  kind: 'image-classification',
  name: 'fashion-mnist',
  title: 'FashionMNIST',
  folders: ['fashion-mnist', 'FashionMNIST/raw', 'FashionMNIST'],
  classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  splits: mnistSplits,
  files: mnistFiles(
    { train: 60_000, test: 10_000 },
    {
      trainImages: {
        sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
        md5: '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
        gzipBytes: 26_421_880,
      },
      trainLabels: {
        sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
        md5: '25c81989df183df01b3e8a0aad5dffbe',
        gzipBytes: 29_515,
      },
      testImages: {
        sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
        md5: 'bef4ecab320f06d8554ea6380940ec79',
        gzipBytes: 4_422_102,
      },
      testLabels: {
        sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
        md5: 'bb300cfdad3c16e7a12a480ee83cd310',
        gzipBytes: 5_148,
      },
    },
  ),
  mirrors: [
    'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
  ],
  homepage: 'https://github.com/zalandoresearch/fashion-mnist',
  licence: { name: 'MIT', url: 'https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE' },
  citation:
    'Han Xiao, Kashif Rasul, Roland Vollgraf: Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms. arXiv:1708.07747 (2017).',
  debianPackage: 'dataset-fashion-mnist',
  sample: fashionMnistSample,
};
