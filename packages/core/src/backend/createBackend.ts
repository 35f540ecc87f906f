import { findBackendFactory, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { Backend } from './backend.ts';
import { cpuProvider } from './cpu.ts';
import { internals } from './engine.ts';
import {
  type BackendOptions,
  type BackendProbe,
  type BackendProvider,
  BackendUnavailableError,
  backendProvider,
  backendProviderNames,
  registerBackendProvider,
} from './provider.ts';
import { simdProvider } from './simd.ts';
import { nodeGpuProvider, nodeProvider } from './tfjsNode.ts';
import { wasmProvider } from './wasm.ts';
import { webglProvider } from './webgl.ts';
import { webgpuProvider } from './webgpu.ts';

for (const provider of [
  webgpuProvider,
  nodeGpuProvider,
  simdProvider,
  nodeProvider,
  webglProvider,
  wasmProvider,
  cpuProvider,
]) {
  registerBackendProvider(provider);
}

/** The order in which `'auto'` looks: a GPU first, then the fastest CPU backend, then the one that runs everywhere. */
const autoOrder = ['webgpu', 'node-gpu', 'simd', 'cpu'];

const isGpu = (name: string): boolean => name === 'webgpu' || name === 'node-gpu';

/** What this machine can use, and why not the rest. */
export interface BackendReport extends BackendProbe {
  readonly name: string;
}

/** By provider, so that one that takes another's place is asked anew. */
const opened = new WeakMap<BackendProvider, Map<string, Promise<Backend>>>();

/**
 * Opens a backend. One name and one set of options give one backend, however often it is asked for.
 *
 * @param name - `'auto'` takes the first that works of webgpu (on a real GPU), node-gpu (with CUDA), simd, cpu; else a provider's name.
 * @throws {BackendUnavailableError} where the backend cannot be had, with what to install.
 *
 * @example
 * ```ts
 * const backend = await createBackend('auto');
 * setDefaultBackend(backend);
 * console.log(backend.device);
 * ```
 */
export async function createBackend(name = 'auto', options: BackendOptions = {}): Promise<Backend> {
  if (name !== 'auto') return open(name, options);
  const reasons: string[] = [];
  for (const candidate of autoOrder) {
    try {
      const { reason } = (await backendProvider(candidate).probe?.()) ?? { reason: '' };
      // Threads are asked of the CPU's backends; a GPU has none to set.
      if (reason === '') return await open(candidate, isGpu(candidate) ? { ...options, threads: undefined } : options);
      reasons.push(`${candidate}: ${reason}`);
    } catch (error) {
      if (!(error instanceof BackendUnavailableError)) throw error;
      reasons.push(`${candidate}: ${error.message}`);
    }
  }
  throw new BackendUnavailableError(`no backend works on this machine (${reasons.join('; ')})`);
}

/** Tries every provider that is registered and says what it found. */
export async function listBackends(): Promise<BackendReport[]> {
  const reports: BackendReport[] = [];
  for (const name of backendProviderNames()) {
    try {
      const probe = await backendProvider(name).probe?.();
      if (probe !== undefined) reports.push({ name, ...probe });
      else reports.push({ name, available: true, device: (await open(name, {})).device, reason: '' });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      reports.push({ name, available: false, device: '', reason });
    }
  }
  return reports;
}

function open(name: string, options: BackendOptions): Promise<Backend> {
  const provider = backendProvider(name);
  const own = opened.get(provider) ?? new Map<string, Promise<Backend>>();
  opened.set(provider, own);
  const key = JSON.stringify(Object.entries(options).sort());
  let backend = own.get(key);
  if (backend === undefined) {
    backend = openOnce(provider, options, () => own.delete(key));
    own.set(key, backend);
    // A failure is not remembered: the driver may be installed by the next time.
    backend.catch(() => own.delete(key));
  }
  return backend;
}

async function openOnce(provider: BackendProvider, options: BackendOptions, forget: () => void): Promise<Backend> {
  // Backends that are opened at the same time see each other's: what counts is what was there before all of them.
  if (opening++ === 0) ambient = internals().backendName;
  try {
    const found = await provider.open(options);
    void found.lost?.then(() => {
      forget();
      // The next one that is opened is made anew, with a device of its own.
      const factory = findBackendFactory(found.tfName);
      removeBackend(found.tfName);
      registerBackend(found.tfName, factory);
    });
    return new Backend({ name: provider.name, ...found });
  } finally {
    opening--;
    // Opening must not change what plain TensorFlow.js code runs on.
    if (ambient != null && ambient in internals().registry) await internals().setBackend(ambient);
  }
}

let opening = 0;
let ambient: string | null | undefined;
