import * as init from '../../../src/init/index.ts';
import * as nn from '../../../src/nn/index.ts';
import { defaultGenerator, manualSeed } from '../../../src/random/defaultGenerator.ts';
import { type HostArray, hostArray } from '../../../src/tensor/hostArray.ts';
import { camelCase, camelCased, compareArrays, type GoldenTest } from '../comparison.ts';
import { type GoldenCase, loadGolden } from '../load.ts';

export interface InitConfig {
  kind: 'layers' | 'function' | 'gains';
  seed: number;
  layers: [kind: string, positional: unknown[], options: Record<string, unknown>][];
  function: string;
  shape: number[];
  arguments: number[];
  options: Record<string, unknown>;
  gains: Record<string, number>;
  leaky_relu_0_2: number;
}

export const initCases = loadGolden<InitConfig>('init');

/** Classes by PyTorch's names, which are ours. */
const classes = nn as unknown as Record<string, new (...options: unknown[]) => nn.Module>;

/** PyTorch's functions of `torch.nn.init`, by their names in ours: those whose options are all positional, and others. */
const functions = init as unknown as Record<string, (...options: unknown[]) => init.Initializer>;

function initializerOf(config: InitConfig): init.Initializer {
  if (config.function === 'zeros') return init.zeros;
  if (config.function === 'ones') return init.ones;
  const options = camelCased(config.options);
  // Their values are names too: `fan_out`.
  for (const [name, value] of Object.entries(options)) if (typeof value === 'string') options[name] = camelCase(value);
  const make = functions[camelCase(config.function)]!;
  return Object.keys(options).length === 0 ? make(...config.arguments) : make(...config.arguments, options);
}

/** What a case makes, by the names of the recording, and what the generator gives next. */
export async function makeInitial({ config }: GoldenCase<InitConfig>): Promise<Map<string, HostArray>> {
  manualSeed(config.seed);
  const made = new Map<string, HostArray>();
  const next = () => hostArray('float32', [3], defaultGenerator.uniform(new Float32Array(3)));
  if (config.kind === 'function') {
    made.set('value', initializerOf(config)(config.shape));
    return made.set('next_uniform', next());
  }
  const layers = config.layers.map(([kind, positional, options]) => {
    const named = camelCased(options);
    return new classes[kind]!(...positional, ...(Object.keys(named).length === 0 ? [] : [named]));
  });
  made.set('next_uniform', next());
  for (const [i, layer] of layers.entries()) {
    for (const [key, array] of Object.entries(await layer.stateDict())) made.set(`${i}/${key}`, array);
    layer.dispose();
  }
  return made;
}

export const initialisation: readonly GoldenTest[] = initCases
  .filter(({ config }) => config.kind !== 'gains')
  .map((golden) => ({
    subjects:
      golden.config.kind === 'function'
        ? [`init.${camelCase(golden.config.function)}`]
        : golden.config.layers.map(([kind]) => `initial values of ${kind}`),
    name: golden.name,
    async compare() {
      const made = await makeInitial(golden);
      return [...golden.tensors].map(([key, expected]) => compareArrays(made.get(key)!, expected, key));
    },
  }));
