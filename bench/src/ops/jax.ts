import type { OpLibrary, PreparedOp } from './protocol.ts';
import type { OpSpec } from './rows.ts';
import { digest, values } from './values.ts';

/** `@jax-js/jax` on WebAssembly, jitted: matrix products and convolutions. Its other ops are sums of many small ones. */
export async function openJax(): Promise<OpLibrary | string> {
  const jax = await import('@jax-js/jax').catch((error: Error) => error);
  if (jax instanceof Error) return `@jax-js/jax can't be loaded: ${jax.message}`;
  const { numpy: np, lax } = jax;
  // Alone: looking for its WebGPU device fails where there is no `navigator`, as in Node 20.
  const devices = await jax.init('wasm').catch((error: Error) => error);
  if (devices instanceof Error) return `@jax-js/jax can't start: ${devices.message}`;
  if (!devices.includes('wasm')) return '@jax-js/jax finds no WebAssembly device here';
  jax.defaultDevice('wasm');
  type Arrays = Parameters<typeof lax.conv>[0];

  const make = (shape: readonly number[], stream: number): Arrays => {
    return np
      .array(
        values(
          shape.reduce((size, length) => size * length, 1),
          stream,
        ),
      )
      .reshape([...shape]);
  };
  const repeat = (inputs: Arrays[], f: (...inputs: Arrays[]) => Arrays): PreparedOp => {
    const compiled = jax.jit(f);
    // Each call takes over a reference to its inputs.
    const call = () => compiled(...inputs.map((input) => input.ref)) as Arrays;
    return {
      async run() {
        const result = await call().blockUntilReady();
        result.dispose();
      },
      digest: async () => digest((await call().data()) as Float32Array),
      dispose() {
        for (const input of inputs) input.dispose();
        compiled.dispose();
      },
    };
  };
  const prepare = (spec: OpSpec): PreparedOp | undefined => {
    if (spec.op === 'matmul') {
      const { batch = 1, m, k, n, transposeA, transposeB } = spec;
      if (batch > 1) return repeat([make([batch, m, k], 0), make([batch, k, n], 1)], (a, b) => np.matmul(a, b));
      const [a, b] = [make(transposeA ? [k, m] : [m, k], 0), make(transposeB ? [n, k] : [k, n], 1)];
      return repeat([a, b], (a, b) => np.matmul(transposeA ? np.transpose(a) : a, transposeB ? np.transpose(b) : b));
    }
    if (spec.op === 'conv2d') {
      const { n, c, size, o, kernel } = spec;
      const inputs = [make([n, c, size, size], 0), make([o, c, kernel, kernel], 1), make([o], 2)];
      return repeat(inputs, (input, weight, bias) =>
        lax.conv(input, weight, [1, 1], 'VALID').add(bias.reshape([1, o, 1, 1])),
      );
    }
    return undefined;
  };
  return { device: 'jax-js wasm', prepare };
}
