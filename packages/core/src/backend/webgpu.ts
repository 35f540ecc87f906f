import { setBackend } from '@tensorflow/tfjs-core';
import { type BackendProvider, BackendUnavailableError } from './provider.ts';

/**
 * WebGPU: in browsers the browser's own, in Node Dawn through npm's `webgpu`, which must stand at `navigator.gpu` before
 * TensorFlow.js's backend is imported (it looks once, when it is loaded).
 */
export const webgpuProvider: BackendProvider = {
  name: 'webgpu',
  async open(options) {
    if (options.threads !== undefined) {
      throw new BackendUnavailableError("backend 'webgpu' has no threads to set");
    }
    const gpu = await findGpu();
    const powerPreference = options.powerPreference ?? 'high-performance';
    const adapter = await gpu.requestAdapter({ powerPreference });
    if (adapter === null) {
      throw new BackendUnavailableError(
        inNode
          ? 'WebGPU found no adapter: install a GPU driver with Vulkan, Metal or Direct3D 12'
          : 'WebGPU found no adapter: the browser has WebGPU but offers no GPU',
      );
    }
    const { env } = await import('@tensorflow/tfjs-core');
    try {
      await import('@tensorflow/tfjs-backend-webgpu');
    } catch (cause) {
      throw new BackendUnavailableError(
        "backend 'webgpu' needs a package: npm install @tensorflow/tfjs-backend-webgpu",
        {
          cause,
        },
      );
    }
    env().set('WEBGPU_USE_LOW_POWER_GPU', powerPreference === 'low-power');
    if (!(await setBackend('webgpu'))) {
      throw new BackendUnavailableError('the WebGPU device could not be opened: the driver refused it');
    }
    const { vendor, architecture, description } = adapter.info;
    const words = [description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed GPU', 'WebGPU'];
    const software = /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(
      `${vendor} ${architecture} ${description}`,
    );
    return {
      tfName: 'webgpu',
      device: words.join(' · '),
      capabilities: { synchronousReads: false, gpu: !software },
    };
  },
};

const inNode = typeof process !== 'undefined' && process.versions?.node !== undefined;

async function findGpu(): Promise<GPU> {
  if (globalThis.navigator?.gpu !== undefined) return navigator.gpu;
  if (!inNode)
    throw new BackendUnavailableError('this browser has no WebGPU: use a current Chrome, Edge, Safari or Firefox');
  let dawn: typeof import('webgpu');
  try {
    dawn = await import('webgpu');
  } catch (cause) {
    throw new BackendUnavailableError("backend 'webgpu' needs a package in Node: npm install webgpu", { cause });
  }
  Object.assign(globalThis, dawn.globals);
  // Node 20 has no `navigator`; newer ones have one without `gpu`.
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true, writable: true });
  }
  Object.defineProperty(navigator, 'gpu', { value: dawn.create([]), configurable: true });
  return navigator.gpu;
}
