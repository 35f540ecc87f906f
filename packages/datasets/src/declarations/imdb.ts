import type { ReviewDatasetDeclaration } from './declaration.ts';

/**
 * IMDB: 25,000 + 25,000 reviews of films, half of them negative, half positive, `torchtext.datasets.IMDB`.
 *
 * The publisher gives no checksum; MD5 and SHA-256 are those that torchtext and TensorFlow Datasets hold the archive to.
 */
export const imdb: ReviewDatasetDeclaration = {
  kind: 'reviews',
  name: 'imdb',
  title: 'IMDB',
  folders: ['imdb', 'IMDB', 'datasets/IMDB'],
  classes: ['neg', 'pos'],
  counts: { train: [12_500, 12_500], test: [12_500, 12_500] },
  files: [
    {
      name: 'aclImdb_v1.tar.gz',
      bytes: 84_125_825,
      sha256: 'c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe',
      archive: {
        name: 'aclImdb_v1.tar.gz',
        compression: 'none',
        bytes: 84_125_825,
        md5: '7c2ac02c03563afcf9b574c7e56c153a',
      },
      folder: { paths: ['aclImdb', '.'], holds: 'train/neg' },
      acceptsOther: true,
    },
  ],
  mirrors: ['https://ai.stanford.edu/~amaas/data/sentiment/'],
  homepage: 'https://ai.stanford.edu/~amaas/data/sentiment/',
  licence: { name: 'none stated', url: 'https://ai.stanford.edu/~amaas/data/sentiment/' },
  citation:
    'Andrew L. Maas, Raymond E. Daly, Peter T. Pham, Dan Huang, Andrew Y. Ng, Christopher Potts: Learning Word Vectors for Sentiment Analysis. ACL (2011).',
};
