import { builtin } from '../threads/builtin.ts';

/** A module of one function, f32x4.relaxed_madd of three numbers: valid only where relaxed SIMD is. */
const PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 125, 125, 125, 1, 125, 3, 2, 1, 0, 7, 5, 1, 1, 97, 0, 0],
  ...[10, 22, 1, 20, 0, 32, 0, 253, 19, 32, 1, 253, 19, 32, 2, 253, 19, 253, 133, 2, 253, 31, 0, 11],
);

let answer: boolean | undefined;

/**
 * Whether this engine has relaxed SIMD and this machine does a multiplication and an addition in one instruction, rounding
 * once: then kernels compiled for that are a fifth to a quarter faster (x86-64 with AVX2 or AVX-512, Node 20, 22 and 24). It's a
 * property of engine and machine, not a timing: the same here each time.
 *
 * Node 20's V8 (11.3) has relaxed SIMD behind a flag, complete as it is; it is switched on.
 */
export function fusesMultiplyAdd(): boolean {
  answer ??= probe();
  return answer;
}

function probe(): boolean {
  if (!WebAssembly.validate(PROBE)) {
    if (!nodeVersion()?.startsWith('20.')) return false;
    builtin('node:v8')?.setFlagsFromString('--experimental-wasm-relaxed-simd');
    if (!WebAssembly.validate(PROBE)) return false;
  }
  const { a } = new WebAssembly.Instance(new WebAssembly.Module(PROBE)).exports as {
    a(x: number, y: number, z: number): number;
  };
  // (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴, whose last term a rounding of the product loses.
  const x = 1 + 2 ** -12;
  return a(x, x, -(1 + 2 ** -11)) === 2 ** -24;
}

function nodeVersion(): string | undefined {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node;
}
