import type { BackendCapabilities } from './backend.ts';

/** Options that `createBackend` hands to a provider; a provider refuses what it cannot honour. */
export interface BackendOptions {
  /** Threads of a CPU backend; by default as many as pay. */
  readonly threads?: number;
  /** WebGPU: which adapter to ask for. */
  readonly powerPreference?: 'low-power' | 'high-performance';
}

/** What a provider has set up: a TensorFlow.js backend that is initialised and ready. */
export interface OpenedBackend {
  /** The name under which the backend stands in TensorFlow.js's registry. */
  readonly tfName: string;
  /** The device in words. */
  readonly device: string;
  readonly capabilities: BackendCapabilities;
  /** Resolves, with a reason in words, when the device is gone for good: a GPU that was reset, unplugged, or taken away. */
  readonly lost?: Promise<string>;
}

/**
 * Brings one kind of backend: the seam through which GPUs are plugged in. `open` loads what it needs by dynamic import,
 * so that nothing is loaded for backends that are not chosen, and throws {@link BackendUnavailableError} with a sentence
 * that says what is missing and what to install.
 *
 * @example
 * ```ts
 * import { registerBackendProvider, createBackend } from '@flambeau/core';
 * registerBackendProvider({
 *   name: 'mine',
 *   async open() {
 *     await import('my-tfjs-backend');
 *     await tf.setBackend('mine');
 *     return { tfName: 'mine', device: 'my device', capabilities: { synchronousReads: true, gpu: false } };
 *   },
 * });
 * const backend = await createBackend('mine');
 * ```
 */
export interface BackendProvider {
  readonly name: string;
  open(options: BackendOptions): Promise<OpenedBackend>;
  /**
   * Optional: finds out whether the backend would work without opening it, and without harm to this process where a
   * driver is broken. `'auto'` and `listBackends` ask here first.
   */
  probe?(): Promise<BackendProbe>;
}

/** What a probe has found. */
export interface BackendProbe {
  readonly available: boolean;
  /** The device in words; empty where there is none. */
  readonly device: string;
  /** Why it is not available, or why `'auto'` passes it over; empty where it is to be used. */
  readonly reason: string;
}

/** A backend cannot be had on this machine; the message says why and what to install. */
export class BackendUnavailableError extends Error {
  override readonly name = 'BackendUnavailableError';
}

/** The device of a backend is gone, and with it all its tensors; {@link createBackend} opens it anew. */
export class BackendLostError extends Error {
  override readonly name = 'BackendLostError';
}

const providers = new Map<string, BackendProvider>();

/** Makes a provider known by its name; a later one of the same name takes its place. */
export function registerBackendProvider(provider: BackendProvider): void {
  providers.set(provider.name, provider);
}

export function backendProvider(name: string): BackendProvider {
  const provider = providers.get(name);
  if (provider === undefined) {
    throw new BackendUnavailableError(
      `unknown backend '${name}': expected 'auto' or one of ${[...providers.keys()].map((known) => `'${known}'`).join(', ')}`,
    );
  }
  return provider;
}

export function backendProviderNames(): string[] {
  return [...providers.keys()];
}
