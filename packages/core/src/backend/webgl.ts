import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { env, setBackend } from '@tensorflow/tfjs-core';
import { internals } from './engine.ts';
import { importPeer, inNode } from './peer.ts';
import { type BackendProvider, BackendUnavailableError } from './provider.ts';
import { isSoftwareRenderer } from './software.ts';

/** WebGL 2 in browsers, for machines whose browser has no WebGPU yet. */
export const webglProvider: BackendProvider = {
  name: 'webgl',
  async open(options) {
    if (options.threads !== undefined) throw new BackendUnavailableError("backend 'webgl' has no threads to set");
    if (inNode) {
      throw new BackendUnavailableError(
        "backend 'webgl' needs a browser: in Node use 'webgpu' for a GPU, 'simd' for a CPU",
      );
    }
    await importPeer('webgl', '@tensorflow/tfjs-backend-webgl', () => import('@tensorflow/tfjs-backend-webgl'));
    // Its packed programs leave NaN in a texture's padding (0/0 of a division, say), which a product along an odd side then
    // sums up: the gradient of a cross-entropy's linear map came out NaN.
    env().set('WEBGL_PACK_BINARY_OPERATIONS', false);
    env().set('WEBGL_PACK_UNARY_OPERATIONS', false);
    if (!(await setBackend('webgl'))) {
      throw new BackendUnavailableError('this browser has no WebGL 2, or its driver refused a context');
    }
    const renderer = rendererOf(internals().backend as Partial<MathBackendWebGL>);
    return {
      tfName: 'webgl',
      device: `${renderer} · WebGL`,
      capabilities: { synchronousReads: true, gpu: !isSoftwareRenderer(renderer) },
    };
  },
};

/** What the driver calls itself; browsers that hide it say what they want one to know. */
function rendererOf({ gpgpu }: Partial<MathBackendWebGL>): string {
  if (gpgpu === undefined) return 'unnamed GPU';
  const { gl } = gpgpu;
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(names === null ? gl.RENDERER : names.UNMASKED_RENDERER_WEBGL)) || 'unnamed GPU';
}
