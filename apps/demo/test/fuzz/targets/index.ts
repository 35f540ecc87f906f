import type { FuzzTarget } from '../target.ts';

/** Each is loaded when it is asked for, and alone: what it needs then counts once, before anything is measured. */
export const targets: Readonly<Record<string, () => Promise<FuzzTarget<never>>>> = {
  safetensors: async () => (await import('./safetensors.ts')).safetensors as FuzzTarget<never>,
  pt: async () => (await import('./torchFile.ts')).torchFile as FuzzTarget<never>,
  npy: async () => (await import('./numpy.ts')).npyFile as FuzzTarget<never>,
  npz: async () => (await import('./numpy.ts')).npzFile as FuzzTarget<never>,
  idx: async () => (await import('./idx.ts')).idxFile as FuzzTarget<never>,
  pairs: async () => (await import('./pairs.ts')).pairFile as FuzzTarget<never>,
  run: async () => (await import('./runFolder.ts')).runFolder as FuzzTarget<never>,
  gzip: async () => (await import('./gzip.ts')).gzipFile as FuzzTarget<never>,
  tar: async () => (await import('./tar.ts')).tarFile as FuzzTarget<never>,
  'zip-directory': async () => (await import('./zipDirectory.ts')).zipDirectory as FuzzTarget<never>,
  'word-vectors': async () => (await import('./wordVectors.ts')).wordVectors as FuzzTarget<never>,
  vocabulary: async () => (await import('./textClassifier.ts')).vocabulary as FuzzTarget<never>,
  'text-classifier': async () => (await import('./textClassifier.ts')).textClassifier as FuzzTarget<never>,
};
