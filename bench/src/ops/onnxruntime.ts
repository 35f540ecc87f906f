import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onnxNotesCnn } from '../inference/onnxModel.ts';
import { notesCnnWeights } from '../inference/weights.ts';
import type { OpLibrary, PreparedOp } from './protocol.ts';
import { digest, values } from './values.ts';

/** As much of `onnxruntime-node` as is used here: it is not among the dependencies. */
interface OnnxRuntime {
  readonly env: { readonly versions: { readonly node?: string } };
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      run(feeds: object): Promise<{ readonly logits: { readonly data: Float32Array } }>;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => object;
}

/**
 * ONNX Runtime predicts; it does not train here.
 *
 * @param folder - where `onnxruntime-node` is installed; among this project's packages otherwise.
 */
export async function openOnnxRuntime(threads: number, folder?: string): Promise<OpLibrary | string> {
  let ort: OnnxRuntime;
  try {
    const require = createRequire(folder ? pathToFileURL(join(folder, 'package.json')) : import.meta.url);
    ort = require(folder ?? 'onnxruntime-node') as OnnxRuntime;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    return code === 'MODULE_NOT_FOUND' && !folder
      ? 'onnxruntime-node is not installed (--onnxruntime says where it is)'
      : `onnxruntime-node does not load here: ${message.split('\n')[0]}`;
  }
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' };
  const session = await ort.InferenceSession.create(onnxNotesCnn(notesCnnWeights()), options);
  return {
    device: `ONNX Runtime ${ort.env.versions.node} CPU, ${threads} threads`,
    prepare(spec): PreparedOp | undefined {
      if (spec.op !== 'inference') return undefined;
      const images = new ort.Tensor('float32', values(spec.batch * 28 * 28, 0), [spec.batch, 1, 28, 28]);
      const predict = () => session.run({ images });
      return {
        run: async () => void (await predict()),
        digest: async () => digest((await predict()).logits.data),
        dispose() {},
      };
    },
  };
}
