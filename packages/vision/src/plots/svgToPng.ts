import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Rasterizer } from './rasterizer.ts';

const weights = [400, 600];

let rasterizer: Promise<Rasterizer> | undefined;

/** Reads the drawing code and the fonts from their npm packages: 2.5 MB that nothing needs before the first PNG. */
async function load(): Promise<Rasterizer> {
  const { resolve } = createRequire(import.meta.url);
  const { createRasterizer } = await import('./rasterizer.ts');
  const [wasm, ...fonts] = await Promise.all(
    [
      '@resvg/resvg-wasm/index_bg.wasm',
      ...weights.map((weight) => `@fontsource/inter/files/inter-latin-${weight}-normal.woff2`),
    ].map((file) => readFile(resolve(file))),
  );
  return createRasterizer({ wasm: wasm!, fonts });
}

/**
 * Draws an SVG document as a PNG file, in Inter, whatever fonts the machine has. Loads its drawing code when first
 * called.
 *
 * @param scale - screen pixels for one unit of the SVG; 2 by default, for sharp type.
 *
 * @example
 * ```ts
 * await writeFile('curves.png', await svgToPng(trainingCurves(history)));
 * ```
 */
export async function svgToPng(svg: string, options?: { scale?: number }): Promise<Uint8Array> {
  rasterizer ??= load();
  return (await rasterizer).toPng(svg, options);
}
