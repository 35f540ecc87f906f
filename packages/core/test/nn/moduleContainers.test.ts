import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBackend, functional as F, nn, setDefaultBackend } from '../../src/index.ts';

class Tower extends nn.Module {
  layers = new nn.ModuleList([new nn.Linear(3, 3), new nn.Linear(3, 2)]);
  byName = new nn.ModuleDict({ keepMe: new nn.Linear(2, 1) });

  forward(input: Tensor): Tensor {
    let output = input;
    for (const layer of this.layers) output = F.relu(layer.forward(output));
    return this.byName.get('keepMe')!.forward(output);
  }
}

describe('ModuleList and ModuleDict', () => {
  beforeAll(async () => {
    setDefaultBackend(await createBackend('cpu'));
  });

  it("hold layers under PyTorch's keys; a dict's names stay as they are", () => {
    expect([...new Tower().namedParameters().keys()]).toEqual([
      'layers.0.weight',
      'layers.0.bias',
      'layers.1.weight',
      'layers.1.bias',
      'by_name.keepMe.weight',
      'by_name.keepMe.bias',
    ]);
  });

  it('load what they saved', async () => {
    const [saved, other] = [new Tower(), new Tower()];
    other.loadStateDict(await saved.stateDict());
    expect(await other.stateDict()).toEqual(await saved.stateDict());
  });

  it('grow, and count', () => {
    const list = new nn.ModuleList<nn.Module>([new nn.ReLU()]).append(new nn.Tanh());
    expect([list.length, list.at(-1)!.toString()]).toEqual([2, 'Tanh()']);
    const dict = new nn.ModuleDict<nn.Module>([['a', new nn.ReLU()]]).set('b', new nn.Tanh());
    expect([[...dict.keys()], dict.has('b'), dict.length]).toEqual([['a', 'b'], true, 2]);
  });

  it('have no forward, and refuse names with dots', () => {
    expect(() => new nn.ModuleList().forward()).toThrow('has no forward');
    expect(() => new nn.ModuleDict().forward()).toThrow('has no forward');
    expect(() => new nn.ModuleDict({ 'a.b': new nn.ReLU() })).toThrow("without a dot, got 'a.b'");
  });

  it('a frozen part gets no training, and can be thawed', () => {
    const tower = new Tower();
    tower.layers.requiresGrad_(false);
    expect(tower.parameters().map(({ requiresGrad }) => requiresGrad)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
    tower.requiresGrad_();
    expect(tower.parameters().every(({ requiresGrad }) => requiresGrad)).toBe(true);
  });

  it('an embedding of given vectors is frozen unless told otherwise, and its padding row is 0 otherwise', async () => {
    const values = { dtype: 'float32', shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
    const frozen = nn.Embedding.fromPretrained(values);
    expect([frozen.weight.requiresGrad, await frozen.weight.toHost()]).toEqual([false, values]);
    expect(nn.Embedding.fromPretrained(values, { freeze: false }).weight.requiresGrad).toBe(true);
    const { data } = await new nn.Embedding(4, 2, { paddingIdx: -1 }).weight.toHost();
    expect([...(data as Float32Array)].map((value) => value === 0)).toEqual([...new Array(6).fill(false), true, true]);
    expect(() => new nn.Embedding(4, 2, { paddingIdx: 4 })).toThrow('paddingIdx in [-4, 3], got 4');
    expect(() => new nn.Embedding(4, 2, { maxNorm: 0 })).toThrow('Embedding: expected maxNorm above 0, got 0');
    expect(() => new nn.Embedding(4, 2, { normType: -1 })).toThrow('Embedding: expected normType above 0, got -1');
    const weighed = new nn.Embedding(4, 2, { maxNorm: 0.5, normType: 1, scaleGradByFreq: true });
    expect(weighed.extraRepr()).toBe('4, 2, maxNorm=0.5, normType=1, scaleGradByFreq=true');
  });
});
