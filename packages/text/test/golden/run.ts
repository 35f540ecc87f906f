import { type Backend, hostArray, type optim, type Tensor } from '@flambeau/core';
import { type GoldenCase, loadGolden } from '../../../core/test/golden/load.ts';

/** What text_cnn_run.py says of its cases. */
export interface Config {
  readonly losses: readonly number[];
  readonly step: number;
  readonly loss: number;
  readonly loss_after: number;
}

const cases = loadGolden<Config>('text_cnn_run', new URL('.', import.meta.url));

/** A case of the recorded run. */
export const recorded = (name: string): GoldenCase<Config> => cases.find((golden) => golden.name === name)!;

/** The sizes of the recorded network, as in the script. */
export const sizes = { words: 120, dim: 12, filters: 8, batch: 16, texts: 480 };

/** A word's stand-in for a pretrained vector. */
export function vectorOf(word: number): Float32Array | undefined {
  if (word % 5 === 0) return undefined;
  return Float32Array.from({ length: sizes.dim }, (_, i) => (((word * 31 + i * 17) % 41) - 20) / 32);
}

/** The script's texts and their labels. */
export function texts(): { ids: Int32Array[]; labels: Float32Array } {
  let state = 12345;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state;
  };
  const labels = new Float32Array(sizes.texts);
  const ids = Array.from(labels, (_, text) => {
    const words = new Int32Array(6 + (next() % 25));
    for (let i = 0; i < words.length; i++) {
      const share = ((next() >> 8) % 1000) / 1000;
      words[i] = 2 + Math.trunc(share * share * (sizes.words - 2));
    }
    labels[text] = words.reduce((odd, id) => odd + (id % 2), 0) * 2 > words.length ? 1 : 0;
    return words;
  });
  return { ids, labels };
}

/** Puts an optimizer where PyTorch's Adam was before a recorded step. */
export async function restore(
  optimizer: optim.Optimizer,
  golden: GoldenCase<Config>,
  names: readonly string[],
): Promise<void> {
  const { groups } = await optimizer.stateDict();
  optimizer.loadStateDict({
    groups,
    parameters: names.map((name) => ({
      step: golden.config.step,
      buffers: { expAvg: golden.tensor(`exp_avg/${name}`), expAvgSq: golden.tensor(`exp_avg_sq/${name}`) },
    })),
  });
}

/** A recorded array of integers as the model takes it. */
export const onDevice = (golden: GoldenCase<Config>, key: string, backend: Backend): Tensor => {
  const { shape, data } = golden.tensor(key, 'int32');
  return backend.tensor(hostArray('int32', shape, data));
};
