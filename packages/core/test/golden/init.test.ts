import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, setDefaultBackend } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';
import * as init from '../../src/init/index.ts';
import * as nn from '../../src/nn/index.ts';
import { defaultGenerator, manualSeed } from '../../src/random/defaultGenerator.ts';
import { loadGolden } from './load.ts';

type Layer =
  | { 0: 'Linear'; 1: [number, number]; 2: { bias?: boolean } }
  | { 0: 'Conv2d'; 1: [number, number, number | [number, number]]; 2: { bias?: boolean; groups?: number } }
  | { 0: 'BatchNorm1d' | 'BatchNorm2d'; 1: [number]; 2: object };

interface Config {
  kind: 'layers' | 'function' | 'gains';
  seed: number;
  layers: Layer[];
  function: string;
  shape: number[];
  arguments: number[];
  options: { gain?: number; a?: number; mode?: 'fan_in' | 'fan_out'; nonlinearity?: init.Nonlinearity };
  gains: Record<string, number>;
  leaky_relu_0_2: number;
}

const cases = loadGolden<Config>('init');
const ofKind = (kind: Config['kind']) =>
  cases.filter(({ config }) => config.kind === kind).map((golden) => [golden.name, golden] as const);

/** PyTorch's functions of `torch.nn.init` by their names there. */
const functions: Record<string, (config: Config) => init.Initializer> = {
  uniform: ({ arguments: [a, b] }) => init.uniform(a, b),
  zeros: () => init.zeros,
  ones: () => init.ones,
  kaiming_uniform: ({ options: { a, mode, nonlinearity } }) =>
    init.kaimingUniform({ a, nonlinearity, mode: mode === 'fan_out' ? 'fanOut' : 'fanIn' }),
};

const nextNumbers = () => defaultGenerator.uniform(new Float32Array(3));

describe('initialisation has the bits of PyTorch', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createBackend('cpu');
    setDefaultBackend(backend);
  });

  function make(layer: Layer): nn.Module {
    switch (layer[0]) {
      case 'Linear':
        return new nn.Linear(...layer[1], layer[2]);
      case 'Conv2d':
        return new nn.Conv2d(...layer[1], layer[2]);
      case 'BatchNorm1d':
        return new nn.BatchNorm1d(...layer[1]);
      case 'BatchNorm2d':
        return new nn.BatchNorm2d(...layer[1]);
    }
  }

  it.each(ofKind('layers'))('%s', async (_, golden) => {
    manualSeed(golden.config.seed);
    const layers = golden.config.layers.map(make);
    const next = nextNumbers();
    const made = new Map<string, unknown>();
    for (const [i, layer] of layers.entries()) {
      for (const [key, array] of Object.entries(await layer.stateDict())) made.set(`${i}/${key}`, array);
      layer.dispose();
    }
    expect(made).toEqual(new Map([...golden.tensors].filter(([key]) => key !== 'next_uniform')));
    expect(next).toEqual(golden.tensor('next_uniform').data);
  });

  it.each(ofKind('function').filter(([, { config }]) => config.function in functions))(
    '%s',
    (_, { config, tensor }) => {
      manualSeed(config.seed);
      expect(functions[config.function]!(config)(config.shape)).toEqual(tensor('value'));
      expect(nextNumbers()).toEqual(tensor('next_uniform').data);
    },
  );

  it('the gains of the non-linearities', () => {
    const { gains, leaky_relu_0_2 } = cases.find(({ name }) => name === 'gains')!.config;
    for (const [name, gain] of Object.entries(gains)) {
      const nonlinearity = name === 'leaky_relu' ? 'leakyRelu' : (name as init.Nonlinearity);
      expect(init.calculateGain(nonlinearity), name).toBe(gain);
    }
    expect(init.calculateGain('leakyRelu', 0.2)).toBe(leaky_relu_0_2);
  });
});
