import { type KernelExports, kernelsBase64 } from './kernels.generated.ts';

let compiled: WebAssembly.Module | undefined;

/** The kernels on a memory. Compiled once; synchronous, so that `tf.setBackend('simd')` takes effect at once. */
export function instantiateKernels(memory: WebAssembly.Memory): KernelExports {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0)));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as KernelExports;
}
