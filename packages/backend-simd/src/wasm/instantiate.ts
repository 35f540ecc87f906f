import {
  type KernelExports,
  kernelsBase64,
  relaxedBase64,
  relaxedSharedHeadBase64,
  relaxedSharedTailBytes,
  sharedHeadBase64,
  sharedTailBytes,
} from './kernels.generated.ts';

/** Which of the binaries. */
export interface KernelBuild {
  /** For a memory that threads share. */
  shared: boolean;
  /** With fused multiply-adds (see relaxed.ts). */
  relaxed: boolean;
}

const compiled = new Map<string, WebAssembly.Module>();

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function binary({ shared, relaxed }: KernelBuild): Uint8Array<ArrayBuffer> {
  const plain = decode(relaxed ? relaxedBase64 : kernelsBase64);
  if (!shared) return plain;
  const head = decode(relaxed ? relaxedSharedHeadBase64 : sharedHeadBase64);
  const tail = relaxed ? relaxedSharedTailBytes : sharedTailBytes;
  const bytes = new Uint8Array(head.length + tail);
  bytes.set(head);
  bytes.set(plain.subarray(plain.length - tail), head.length);
  return bytes;
}

/** The kernels of a build. Compiled once; synchronous, so that `tf.setBackend('simd')` takes effect at once. */
export function kernelModule(build: KernelBuild): WebAssembly.Module {
  const key = `${build.shared} ${build.relaxed}`;
  let module = compiled.get(key);
  if (!module) compiled.set(key, (module = new WebAssembly.Module(binary(build))));
  return module;
}

/** The kernels on a memory. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
}
