/** A process of its own that loads FashionMNIST's sample from a mirror: `loadInChild.ts MIRROR CACHE_DIR`. */
import { fashionMnistSample } from '@flambeau/datasets';
import { loadImageDataset } from '@flambeau/datasets/node';

const [mirror, cacheDir] = process.argv.slice(2);
const { source, train } = await loadImageDataset(
  { ...fashionMnistSample, name: 'fashion-mnist', title: 'FashionMNIST', mirrors: [mirror] },
  { cacheDir, systemDirs: [], lockStaleMs: 2000 },
);
process.stdout.write(JSON.stringify({ kind: source.kind, examples: train.length }));
