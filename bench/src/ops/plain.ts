import { compileFusedPeak, compilePlainKernels, type PlainKernels } from '../plain/compile.ts';
import type { OpLibrary, PreparedOp } from './protocol.ts';
import type { OpSpec } from './rows.ts';
import { digest, values } from './values.ts';

/** The kernels of `bench/assembly`, called straight on memory: no tensors, no dispatch. And what the machine itself can do. */
export async function openPlain(): Promise<OpLibrary> {
  const [module, fused] = await Promise.all([compilePlainKernels(), compileFusedPeak()]);
  return {
    device: 'plain kernels · WebAssembly SIMD · 1 thread',
    prepare(spec) {
      if (spec.op !== 'multiplyAdd') return prepare(module, spec);
      const peak = spec.fused ? fused : module;
      return peak && preparePeak(peak, spec.rounds);
    },
  };
}

const PAGE = 65_536;
const LINE = 64;

/** Arrays in a memory of an op's own. */
class Arena {
  private readonly memory = new WebAssembly.Memory({ initial: 1 });
  // 0 is no pointer.
  private end = LINE;

  instantiate(module: WebAssembly.Module): PlainKernels {
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.memory } });
    return exports as unknown as PlainKernels;
  }

  /** Room for so many floats. */
  room(count: number): number {
    const at = this.end;
    this.end = Math.ceil((at + count * 4) / LINE) * LINE;
    const missing = this.end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  make(count: number, stream: number): number {
    const at = this.room(count);
    this.floats(at, count).set(values(count, stream));
    return at;
  }

  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, count);
  }
}

function preparePeak(module: WebAssembly.Module, rounds: number): PreparedOp {
  const { multiplyAdd } = new Arena().instantiate(module);
  return { run: () => void multiplyAdd(rounds), digest: async () => multiplyAdd(rounds), dispose() {} };
}

function prepare(module: WebAssembly.Module, spec: OpSpec): PreparedOp | undefined {
  const arena = new Arena();
  const kernels = arena.instantiate(module);
  const op = (run: () => void, result: number, count: number): PreparedOp => ({
    run,
    async digest() {
      run();
      return digest(arena.floats(result, count));
    },
    dispose() {},
  });
  switch (spec.op) {
    case 'matmul': {
      const { batch = 1, m, k, n, transposeA = false, transposeB = false } = spec;
      const [a, b, c] = [arena.make(batch * m * k, 0), arena.make(batch * k * n, 1), arena.room(batch * m * n)];
      const scratch = arena.room(k * n);
      const run = () => {
        for (let i = 0; i < batch; i++) {
          const [left, right, to] = [a + 4 * i * m * k, b + 4 * i * k * n, c + 4 * i * m * n];
          kernels.gemm(left, right, to, m, k, n, transposeA, transposeB, scratch);
        }
      };
      return op(run, c, batch * m * n);
    }
    case 'conv2d':
    case 'conv2dBackwardInput':
    case 'conv2dBackwardWeight': {
      const { op: name, n, c, size, o, kernel } = spec;
      const side = size - kernel + 1;
      const counts = { input: n * c * size * size, weight: o * c * kernel * kernel, output: n * o * side * side };
      const input = arena.make(counts.input, 0);
      const weight = arena.make(counts.weight, 1);
      const bias = arena.make(o, 2);
      const gradOutput = arena.make(counts.output, 3);
      const sizes = [n, c, size, o, kernel] as const;
      if (name === 'conv2d') {
        const output = arena.room(counts.output);
        return op(() => kernels.conv2d(input, weight, bias, output, ...sizes), output, counts.output);
      }
      if (name === 'conv2dBackwardInput') {
        const gradInput = arena.room(counts.input);
        const scratch = arena.room(n * o * (size + kernel - 1) ** 2);
        const run = () => kernels.conv2dBackwardInput(gradOutput, weight, gradInput, ...sizes, scratch);
        return op(run, gradInput, counts.input);
      }
      const gradWeight = arena.room(counts.weight);
      const run = () => kernels.conv2dBackwardWeight(gradOutput, input, gradWeight, ...sizes);
      return op(run, gradWeight, counts.weight);
    }
    case 'stream': {
      const [from, to] = [arena.room(spec.floats), arena.room(spec.floats)];
      // Written once, or the system would show one page of zeros everywhere.
      arena.floats(from, spec.floats).fill(0.5);
      return op(() => kernels.stream(from, to, spec.floats), to, spec.floats);
    }
    default:
      return undefined;
  }
}
