import type { OpLibrary } from './protocol.ts';

/**
 * Opens a library by its name; a sentence where it can't run here. Each is imported only when asked for, in a process of
 * its own: they share TensorFlow.js's registry, and must not meet.
 *
 * @param argument - the number of threads of `flambeau` and `onnxruntime`, the package's folder of `tfjs-node`, the backend of `layers`.
 * @param more - the package's folder of `onnxruntime`, the number of threads or the folder of `layers`' backend.
 */
export async function openLibrary(name: string, argument?: string, more?: string): Promise<OpLibrary | string> {
  switch (name) {
    case 'flambeau': {
      const { openFlambeau } = await import('./flambeau.ts');
      return openFlambeau(Number(argument));
    }
    case 'plain': {
      const { openPlain } = await import('./plain.ts');
      return openPlain();
    }
    case 'onnxruntime': {
      const { openOnnxRuntime } = await import('./onnxruntime.ts');
      return openOnnxRuntime(Number(argument), more);
    }
    case 'layers': {
      const { openLayers } = await import('./layers.ts');
      return openLayers(argument!, more);
    }
    case 'tfjs-cpu':
    case 'tfjs-wasm':
    case 'tfjs-node': {
      const { openTfjs } = await import('./tfjs.ts');
      return openTfjs(name, argument);
    }
    case 'jax-js': {
      const { openJax } = await import('./jax.ts');
      return openJax();
    }
    default:
      throw new RangeError(`there is no library '${name}' to measure`);
  }
}
