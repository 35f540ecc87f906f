import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../../../src/backend/backend.ts';
import { normalValues } from '../../../src/conformance/values.ts';
import * as nn from '../../../src/nn/index.ts';
import { manualSeed } from '../../../src/random/defaultGenerator.ts';
import { hostArray } from '../../../src/tensor/hostArray.ts';
import { type Comparison, camelCased, compareGradients, type GoldenTest } from '../comparison.ts';
import { type GoldenCase, loadGolden } from '../load.ts';

interface Config {
  kind: string;
  arguments: number[];
  options: Record<string, unknown>;
  lengths: number[] | null;
  seed: number | null;
  training: boolean;
  /** The state dict's keys, in PyTorch's order. */
  parameters: string[];
}

type Layer = nn.Module & { forward(input: unknown, states?: unknown, options?: unknown): unknown };

/** Classes by PyTorch's names, which are ours. */
const classes = nn as unknown as Record<string, new (...options: unknown[]) => Layer>;

/** All tensors in a nest of pairs, one behind the other. */
const flat = (result: unknown): Tensor =>
  result instanceof tf.Tensor ? tf.reshape(result, [-1]) : tf.concat((result as unknown[]).map(flat), 0);

/** Every recurrent layer and cell; packed batches also as padded ones with their lengths. */
export const recurrent: readonly GoldenTest[] = loadGolden<Config>('recurrent').map((golden) => ({
  subjects: [golden.config.kind],
  name: golden.name,
  compare: (backend) => compareLayer(backend, golden),
}));

async function compareLayer(backend: Backend, golden: GoldenCase<Config>): Promise<Comparison[]> {
  const { kind, arguments: positional, options, lengths, seed, training, parameters } = golden.config;
  const layer = new classes[kind]!(...positional, camelCased(options)).train(training);
  const state = await layer.stateDict();
  if (Object.keys(state).join() !== parameters.join()) throw new Error(`${golden.name}: keys ${Object.keys(state)}`);
  parameters.forEach((key, i) => {
    const { shape } = state[key]!;
    state[key] = hostArray(
      'float32',
      shape,
      normalValues(100 + i, shape).data.map((value) => value / 2),
    );
  });
  layer.loadStateDict(state);
  const names = ['input', 'h0', 'c0'].filter((name) => golden.tensors.has(name));
  const tensors = Object.fromEntries(names.map((name) => [name, backend.tensor(golden.tensor(name))]));
  const leaves = { ...tensors, ...Object.fromEntries(layer.namedParameters()) };
  const { input, h0, c0 } = tensors as { input: Tensor; h0?: Tensor; c0?: Tensor };
  const states = c0 === undefined ? h0 : [h0, c0];
  const batchFirst = options.batch_first === true;
  const forms: (() => unknown)[] = [() => layer.forward(input, states, lengths ? { lengths } : {})];
  if (lengths !== null) {
    forms.push(() => {
      const packed = nn.packPaddedSequence(input, lengths, { batchFirst, enforceSorted: false });
      const [output, last] = layer.forward(packed, states) as [nn.PackedSequence, unknown];
      return [nn.padPackedSequence(output, { batchFirst, totalLength: input.shape[batchFirst ? 1 : 0] })[0], last];
    });
    // Of a packed batch only real steps draw dropout: the other form has other masks.
    if (seed !== null) forms.shift();
  }
  const comparisons: Comparison[] = [];
  for (const form of forms) {
    if (seed !== null) manualSeed(seed);
    comparisons.push(...(await compareGradients(backend, golden, leaves, () => flat(form()))));
  }
  layer.dispose();
  tf.dispose(tensors);
  return comparisons;
}
