import { registerSimdBackend } from './backend/register.ts';

export { registerSimdBackend, type SimdBackendOptions } from './backend/register.ts';
export { SimdBackend, type SimdMemoryInfo } from './backend/simdBackend.ts';
export * from './kernels/contract.ts';
export { simdMissing } from './wasm/support.ts';

/** What the backend computes on, for people: `CPU · WebAssembly SIMD · 1 thread`. */
export function simdDevice(): string {
  return 'CPU · WebAssembly SIMD · 1 thread';
}

registerSimdBackend();
