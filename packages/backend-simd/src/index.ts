import { registerSimdBackend } from './backend/register.ts';

export { registerSimdBackend, type SimdBackendOptions, simdDevice } from './backend/register.ts';
export { SimdBackend, type SimdEngineOptions, type SimdMemoryInfo } from './backend/simdBackend.ts';
export * from './kernels/attentionContract.ts';
export * from './kernels/contract.ts';
export * from './kernels/crossEntropyContract.ts';
export * from './kernels/optimizerContract.ts';
export * from './kernels/recurrentContract.ts';
export { SimdThreadError } from './threads/simdThreadError.ts';
export { threadCount as simdThreadCount } from './threads/threadCount.ts';
export { simdMissing } from './wasm/support.ts';

registerSimdBackend();
