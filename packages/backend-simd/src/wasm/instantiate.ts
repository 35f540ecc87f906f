import { type KernelExports, kernelsBase64, sharedHeadBase64, sharedTailBytes } from './kernels.generated.ts';

const compiled = new Map<boolean, WebAssembly.Module>();

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function binary(shared: boolean): Uint8Array<ArrayBuffer> {
  const plain = decode(kernelsBase64);
  if (!shared) return plain;
  const head = decode(sharedHeadBase64);
  const bytes = new Uint8Array(head.length + sharedTailBytes);
  bytes.set(head);
  bytes.set(plain.subarray(plain.length - sharedTailBytes), head.length);
  return bytes;
}

/** The kernels for a plain memory or one that threads share. Compiled once; synchronous, so that `tf.setBackend('simd')` takes effect at once. */
export function kernelModule(shared: boolean): WebAssembly.Module {
  let module = compiled.get(shared);
  if (!module) compiled.set(shared, (module = new WebAssembly.Module(binary(shared))));
  return module;
}

/** The kernels on a memory. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
}
