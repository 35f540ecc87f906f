import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { root } from '../children/commands.ts';
import type { Plan } from '../plan.ts';
import { pnpm } from './build.ts';

export interface EntrySize {
  /** `@flambeau/core/node` */
  readonly entry: string;
  /** Our own code, everything that it imports left out. */
  readonly minifiedBytes: number;
  readonly gzipBytes: number;
}

export interface TarballSize {
  readonly name: string;
  /** As the registry would hand it out. */
  readonly packedBytes: number;
}

export interface SizePart {
  readonly entries: readonly EntrySize[];
  /** A page that trains the notes' CNN: core, backend-simd, vision and TensorFlow.js in one file. */
  readonly page: EntrySize;
  readonly tarballs: readonly TarballSize[];
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string | { readonly import?: { readonly default: string } }>>;
}

/** How large what users download is. Expects the packages to be built. */
export async function measureSizes(plan: Plan): Promise<SizePart> {
  const entries: EntrySize[] = [];
  const tarballs: TarballSize[] = [];
  for (const name of readdirSync(join(root, 'packages')).sort()) {
    const folder = join(root, 'packages', name);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    if (manifest.private) continue;
    plan.progress(`size: ${manifest.name}`);
    for (const [path, target] of Object.entries(manifest.exports)) {
      const file = typeof target === 'string' ? undefined : target.import?.default;
      if (file === undefined) continue;
      const own: BuildOptions = { entryPoints: [join(folder, file)], packages: 'external', platform: 'neutral' };
      entries.push({ entry: join(manifest.name, path), ...(await bundledSize(own)) });
    }
    tarballs.push({ name: manifest.name, packedBytes: packedSize(folder) });
  }
  const page: BuildOptions = {
    stdin: { contents: PAGE, resolveDir: join(root, 'bench'), loader: 'js' },
    platform: 'browser',
    // GPU backends are optional peers, fetched only where one is chosen.
    external: ['node:*', 'webgpu', '@tensorflow/tfjs-backend-webgpu'],
  };
  return { entries, page: { entry: 'a page that trains', ...(await bundledSize(page)) }, tarballs };
}

const PAGE = `
import { createBackend, data, manualSeed, optim, setDefaultBackend, Trainer } from '@flambeau/core';
import { NotesCnn } from '@flambeau/vision';
setDefaultBackend(await createBackend('simd'));
manualSeed(0);
const model = new NotesCnn();
const trainer = new Trainer({ model, optimizer: new optim.Adam(model.parameters(), { lr: 0.01 }) });
export const train = (examples) => trainer.fit(new data.DataLoader(examples, { batchSize: 100, shuffle: true }), { epochs: 10 });
`;

async function bundledSize(options: BuildOptions): Promise<{ minifiedBytes: number; gzipBytes: number }> {
  const result = await build({
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    logLevel: 'silent',
    ...options,
  });
  const [file] = result.outputFiles!;
  return { minifiedBytes: file!.contents.byteLength, gzipBytes: gzipSync(file!.contents, { level: 9 }).byteLength };
}

function packedSize(folder: string): number {
  const target = mkdtempSync(join(tmpdir(), 'flambeau-bench-'));
  try {
    pnpm(['pack', '--pack-destination', target], folder);
    return statSync(join(target, readdirSync(target)[0]!)).size;
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}
