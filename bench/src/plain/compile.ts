import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import asc from 'assemblyscript/asc';

/** What `bench/assembly` exports. Pointers are byte offsets into the memory that it is instantiated with. */
export interface PlainKernels {
  gemm(
    ...args: [
      a: number,
      b: number,
      c: number,
      m: number,
      k: number,
      n: number,
      transposeA: boolean,
      transposeB: boolean,
      scratch: number,
    ]
  ): void;
  conv2d(
    ...args: [
      input: number,
      weight: number,
      bias: number,
      output: number,
      batch: number,
      channels: number,
      size: number,
      outputs: number,
      kernel: number,
    ]
  ): void;
  conv2dBackwardInput(
    ...args: [
      gradOutput: number,
      weight: number,
      gradInput: number,
      batch: number,
      channels: number,
      size: number,
      outputs: number,
      kernel: number,
      scratch: number,
    ]
  ): void;
  conv2dBackwardWeight(
    ...args: [
      gradOutput: number,
      input: number,
      gradWeight: number,
      batch: number,
      channels: number,
      size: number,
      outputs: number,
      kernel: number,
    ]
  ): void;
  multiplyAdd(rounds: number): number;
  stream(from: number, to: number, count: number): void;
}

const folder = join(import.meta.dirname, '..', '..', 'assembly');

/**
 * Compiles `bench/assembly`, with the compiler and the flags that backend-simd's kernels are compiled with; without relaxed
 * SIMD, as first tries are.
 *
 * @throws {Error} if it does not compile.
 */
export async function compilePlainKernels(): Promise<WebAssembly.Module> {
  return new WebAssembly.Module(await compile('index.ts', []));
}

/** The peak's loop with fused multiply-adds; undefined where the engine has no relaxed SIMD. */
export async function compileFusedPeak(): Promise<WebAssembly.Module | undefined> {
  const binary = await compile('multiplyAdd.ts', ['--enable', 'relaxed-simd']);
  // Node 20 has it behind a flag, which backend-simd sets, too.
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(binary) ? new WebAssembly.Module(binary) : undefined;
}

async function compile(entry: string, features: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    [
      ...[entry, ...features, '--baseDir', folder, '--outFile', 'plain.wasm', '-O3', '--noAssert', '--runtime', 'stub'],
      // AS112: vectors can't be handed to JavaScript. They are only handed from function to function.
      ...['--enable', 'simd', '--importMemory', '--noExportMemory', '--disableWarning', '112'],
    ],
    {
      readFile: (name, base) => readFile(join(base, name), 'utf8').catch(() => null),
      writeFile(_, contents) {
        if (typeof contents !== 'string') binary = Uint8Array.from(contents);
      },
      listFiles: () => [],
    },
  );
  if (error || binary === undefined) throw new Error(`bench/assembly does not compile:\n${stderr.toString()}`);
  return binary;
}
