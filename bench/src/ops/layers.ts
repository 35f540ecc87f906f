import { registerSimdBackend } from '@flambeau/backend-simd';
import * as tf from '@tensorflow/tfjs-core';
import { prepareFit } from '../layers/fit.ts';
import type { OpLibrary } from './protocol.ts';
import { openTfjs } from './tfjs.ts';

/**
 * TensorFlow.js's own layers, on this library's backend or on one of TensorFlow.js's: the same code but for the backend's name.
 *
 * @param backend - `simd`, `cpu` or `node`.
 * @param argument - the number of threads of `simd`, the package's folder of `node`.
 */
export async function openLayers(backend: string, argument?: string): Promise<OpLibrary | string> {
  if (backend === 'node') return openTfjs('tfjs-node', argument);
  const layers = await import('@tensorflow/tfjs-layers');
  const name =
    backend === 'simd' ? registerSimdBackend({ name: `simd-${argument}`, threads: Number(argument) }) : 'cpu';
  if (backend === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend(name);
  return {
    device: `tf.layers on ${name}`,
    prepare: (spec) => (spec.op === 'layersFit' ? prepareFit(tf, layers, spec) : undefined),
  };
}
