import { setBackend } from '@tensorflow/tfjs-core';
import { internals } from './engine.ts';
import { importPeer, inNode } from './peer.ts';
import { type BackendProvider, BackendUnavailableError } from './provider.ts';
import { isSoftwareRenderer } from './software.ts';
import type { WebgpuBackend } from './webgpu/program.ts';
import { registerGpuKernels } from './webgpu/register.ts';

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
      throw new BackendUnavailableError(noAdapter);
    }
    const { env } = await import('@tensorflow/tfjs-core');
    await importPeer('webgpu', '@tensorflow/tfjs-backend-webgpu', () => import('@tensorflow/tfjs-backend-webgpu'));
    env().set('WEBGPU_USE_LOW_POWER_GPU', powerPreference === 'low-power');
    if (!(await setBackend('webgpu'))) {
      throw new BackendUnavailableError('the WebGPU device could not be opened: the driver refused it');
    }
    registerGpuKernels();
    const { device } = internals().backend as unknown as WebgpuBackend;
    return {
      tfName: 'webgpu',
      device: deviceName(adapter.info),
      capabilities: { synchronousReads: false, gpu: !isSoftware(adapter.info) },
      lost: device.lost.then(({ reason, message }) => message || reason),
    };
  },
  async probe() {
    const info = inNode ? await probeInChild() : await probeHere();
    if (typeof info === 'string') return { available: false, device: '', reason: info };
    const reason = isSoftware(info) ? 'a software adapter, slower than a CPU backend' : '';
    return { available: true, device: deviceName(info), reason };
  },
};

type AdapterInfo = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'description'>;

const deviceName = ({ vendor, architecture, description }: AdapterInfo): string =>
  `${description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed GPU'} · WebGPU`;

const isSoftware = ({ vendor, architecture, description }: AdapterInfo): boolean =>
  isSoftwareRenderer(`${vendor} ${architecture} ${description}`);

async function probeHere(): Promise<AdapterInfo | string> {
  const adapter = await (await findGpu()).requestAdapter();
  return adapter === null ? noAdapter : adapter.info;
}

/**
 * Asks for an adapter in a process of its own: drivers print what they please while they are looked for, and broken ones
 * crash the process that looks.
 */
async function probeInChild(): Promise<AdapterInfo | string> {
  const { execFile } = process.getBuiltinModule('node:child_process');
  const program = `
    const { create } = await import('webgpu').catch(() => process.exit(3));
    const adapter = await create([]).requestAdapter();
    const { vendor, architecture, description } = adapter?.info ?? {};
    console.log(JSON.stringify(adapter && { vendor, architecture, description }));
    process.exit(0);`;
  const settings = { cwd: import.meta.dirname, timeout: 20_000 };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', program], settings, (error, output) => {
      if (error === null) resolve(JSON.parse(output.trim().split('\n').at(-1) ?? 'null') ?? noAdapter);
      else
        resolve(error.code === 3 ? missingDawn : `the WebGPU driver failed when it was looked for (${failure(error)})`);
    });
  });
}

const failure = ({ code, signal }: { code?: number | string | null; signal?: string | null }): string =>
  signal ? `signal ${signal}` : `exit code ${code}`;

const missingDawn = "backend 'webgpu' needs a package in Node: npm install webgpu";
const noAdapter = inNode
  ? 'WebGPU found no adapter: install a GPU driver with Vulkan, Metal or Direct3D 12'
  : 'WebGPU found no adapter: the browser has WebGPU but offers no GPU';

async function findGpu(): Promise<GPU> {
  if (globalThis.navigator?.gpu !== undefined) return navigator.gpu;
  if (!inNode)
    throw new BackendUnavailableError('this browser has no WebGPU: use a current Chrome, Edge, Safari or Firefox');
  let dawn: typeof import('webgpu');
  try {
    dawn = await import('webgpu');
  } catch (cause) {
    throw new BackendUnavailableError(missingDawn, { cause });
  }
  Object.assign(globalThis, dawn.globals);
  // Node 20 has no `navigator`; newer ones have one without `gpu`.
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true, writable: true });
  }
  Object.defineProperty(navigator, 'gpu', { value: dawn.create([]), configurable: true });
  return navigator.gpu;
}
