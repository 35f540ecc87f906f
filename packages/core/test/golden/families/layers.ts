import type { Tensor } from '@tensorflow/tfjs-core';
import * as nn from '../../../src/nn/index.ts';
import { manualSeed } from '../../../src/random/defaultGenerator.ts';
import { camelCase, camelCased, compareArrays, compareGradients, type GoldenTest } from '../comparison.ts';
import { loadGolden } from '../load.ts';

interface Config {
  kind: string;
  arguments: unknown[];
  options: Record<string, unknown>;
  buffers: string[];
  seed: number | null;
  training: boolean;
}

type Layer = nn.Module & { forward(input: Tensor, target?: Tensor): Tensor };

/** Classes by PyTorch's names, which are ours. */
const classes = nn as unknown as Record<string, new (...options: unknown[]) => Layer>;

/** Every layer and loss, made from PyTorch's own arguments. */
export const layers: readonly GoldenTest[] = loadGolden<Config>('layers').map((golden) => ({
  subjects: [golden.config.kind],
  name: golden.name,
  async compare(backend) {
    const { kind, arguments: positional, options, buffers, seed, training } = golden.config;
    const given = (name: string) => golden.tensors.get(name);
    const made = buffers.map((name) => [camelCase(name), new nn.Buffer(given(`buffer/${name}`)!, { backend })]);
    const Kind = classes[kind]!;
    const numbers = Object.entries(options).map(([name, value]) => [name, value === 'Infinity' ? Infinity : value]);
    const all = { ...camelCased(Object.fromEntries(numbers)), ...Object.fromEntries(made) };
    const layer = new Kind(...positional, ...(Object.keys(all).length === 0 ? [] : [all]));
    layer.train(training);
    const state = await layer.stateDict();
    for (const key of Object.keys(state)) state[key] = given(`state/${key}`) ?? state[key]!;
    layer.loadStateDict(state);
    const input = backend.tensor(given('input')!);
    const target = given('target') && backend.tensor(given('target')!);
    const leaves = { input, ...(target && { target }), ...Object.fromEntries(layer.namedParameters()) };
    if (seed !== null) manualSeed(seed);
    const comparisons = await compareGradients(backend, golden, leaves, () => layer.forward(input, target));
    for (const [key, array] of Object.entries(await layer.stateDict())) {
      const after = given(`after/${key}`);
      if (after !== undefined) comparisons.push(compareArrays(array, after, `${key} afterwards`));
    }
    layer.dispose();
    input.dispose();
    target?.dispose();
    return comparisons;
  },
}));
