import type { InitInput } from '@resvg/resvg-wasm';

/** The bytes that drawing needs and no package can find by itself everywhere. */
export interface RasterizerAssets {
  /** `@resvg/resvg-wasm/index_bg.wasm`: its bytes, a compiled module, or a `fetch` of it. */
  wasm: InitInput | Promise<InitInput>;
  /** Font files (TTF, OTF or WOFF2): the plots ask for Inter in weights 400 and 600. */
  fonts: readonly Uint8Array[];
}

/** Draws SVG documents as PNG files. */
export interface Rasterizer {
  /**
   * @param scale - screen pixels for one unit of the SVG; 2 by default, for sharp type.
   * @returns the bytes of a PNG file.
   */
  toPng(svg: string, options?: { scale?: number }): Uint8Array;
}

// The WebAssembly module of resvg is one to a process and refuses to be set up twice.
let ready: Promise<void> | undefined;

/**
 * Sets up resvg once and hands back a function from SVG to PNG. In Node, `svgToPng` of `@flambeau/vision/node` brings
 * the assets along; in a browser they come from where the page keeps them.
 *
 * @example
 * ```ts
 * const rasterizer = await createRasterizer({ wasm: fetch('/resvg.wasm'), fonts: [inter] });
 * const png = rasterizer.toPng(trainingCurves(history));
 * ```
 */
export async function createRasterizer({ wasm, fonts }: RasterizerAssets): Promise<Rasterizer> {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm');
  ready ??= initWasm(wasm);
  await ready;
  const fontBuffers = [...fonts];
  return {
    toPng(svg, { scale = 2 } = {}) {
      const resvg = new Resvg(svg, {
        fitTo: { mode: 'zoom', value: scale },
        font: { fontBuffers, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
      });
      try {
        const image = resvg.render();
        const png = image.asPng();
        image.free();
        return png;
      } finally {
        resvg.free();
      }
    },
  };
}
