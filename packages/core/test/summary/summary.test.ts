import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBackend, functional as F, nn, setDefaultBackend, summary, type Tensor } from '../../src/index.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

class NotesNet extends nn.Module {
  conv1 = new nn.Conv2d(1, 6, 5);
  conv2 = new nn.Conv2d(6, 12, 5);
  fc1 = new nn.Linear(12 * 4 * 4, 120);
  fc2 = new nn.Linear(120, 60);
  out = new nn.Linear(60, 10);

  forward(x: Tensor): Tensor {
    x = F.maxPool2d(F.relu(this.conv1.forward(x)), 2);
    x = F.maxPool2d(F.relu(this.conv2.forward(x)), 2);
    x = F.flatten(x, { startDim: 1 });
    x = F.relu(this.fc1.forward(x));
    x = F.relu(this.fc2.forward(x));
    return this.out.forward(x);
  }
}

const short = ({ layers }: ReturnType<typeof summary>) =>
  layers.map(({ name, activation, outputShape, sizeFormula, parameterFormula }) => [
    name,
    activation,
    outputShape.join('×'),
    sizeFormula,
    parameterFormula,
  ]);

describe("the summary of the notes' network", () => {
  it('has its rows, every size and every count worked out, and 32,998 parameters', () => {
    const result = summary(new NotesNet(), [100, 1, 28, 28]);
    expect(short(result)).toEqual([
      ['conv1', 'ReLU', '100×6×24×24', '⌊(28 − 5 + 2·0)/1⌋ + 1 = 24', '6·1·5·5 + 6 = 156'],
      ['maxPool2d', '', '100×6×12×12', '⌊(24 − 2 + 2·0)/2⌋ + 1 = 12', ''],
      ['conv2', 'ReLU', '100×12×8×8', '⌊(12 − 5 + 2·0)/1⌋ + 1 = 8', '12·6·5·5 + 12 = 1812'],
      ['maxPool2d', '', '100×12×4×4', '⌊(8 − 2 + 2·0)/2⌋ + 1 = 4', ''],
      ['fc1', 'ReLU', '100×120', '', '120·192 + 120 = 23160'],
      ['fc2', 'ReLU', '100×60', '', '60·120 + 60 = 7260'],
      ['out', '', '100×10', '', '10·60 + 10 = 610'],
    ]);
    expect(result.layers.map(({ parameters }) => parameters)).toEqual([156, 0, 1812, 0, 23160, 7260, 610]);
    expect([result.totalParameters, result.trainableParameters]).toEqual([32998, 32998]);
    const text = result.toString();
    expect(text.split('\n')[0]).toBe('NotesNet, input [100, 1, 28, 28]');
    expect(text).toContain('Conv2d(1, 6, kernelSize=[5, 5], stride=[1, 1]), ReLU');
    expect(text.endsWith('\n32,998 parameters')).toBe(true);
  });

  it('is the same for its Sequential spelling, the activations being layers there', () => {
    const net = new nn.Sequential(
      new nn.Conv2d(1, 6, 5),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(6, 12, 5),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
      new nn.Linear(192, 120),
      new nn.ReLU(),
      new nn.Linear(120, 60),
      new nn.ReLU(),
      new nn.Linear(60, 10),
    );
    const result = summary(net, [1, 1, 28, 28]);
    expect(result.totalParameters).toBe(32998);
    expect(result.layers.map(({ name }) => name)).toEqual(Array.from({ length: 12 }, (_, i) => `${i}`));
    expect(result.layers[2]).toMatchObject({ outputShape: [1, 6, 12, 12], sizeFormula: '⌊(24 − 2 + 2·0)/2⌋ + 1 = 12' });
    expect(result.layers[6]).toMatchObject({ layer: 'Flatten(startDim=1, endDim=-1)', outputShape: [1, 192] });
  });

  it('says how many parameters are frozen', () => {
    const net = new NotesNet();
    net.conv1.weight.requiresGrad = false;
    const result = summary(net, [1, 1, 28, 28]);
    expect(result.trainableParameters).toBe(32998 - 150);
    expect(result.toString()).toContain('32,998 parameters, 150 of them frozen');
  });
});

describe('the arithmetic of a size', () => {
  const formulas = (layer: nn.TensorModule, shape: number[]) => {
    const [row] = summary(new nn.Sequential(layer), shape).layers;
    return [row.sizeFormula, row.parameterFormula, row.outputShape.join('×')];
  };

  it.each<[string, () => nn.TensorModule, number[], string[]]>([
    [
      'padding',
      () => new nn.Conv2d(1, 2, 5, { padding: 2 }),
      [1, 1, 9, 9],
      ['⌊(9 − 5 + 2·2)/1⌋ + 1 = 9', '2·1·5·5 + 2 = 52', '1×2×9×9'],
    ],
    [
      'stride, no bias',
      () => new nn.Conv2d(1, 2, 3, { stride: 2, bias: false }),
      [1, 1, 8, 8],
      ['⌊(8 − 3 + 2·0)/2⌋ + 1 = 3', '2·1·3·3 = 18', '1×2×3×3'],
    ],
    [
      'dilation',
      () => new nn.Conv2d(1, 1, 3, { dilation: 2 }),
      [1, 1, 9, 9],
      ['⌊(9 − (2·(3 − 1) + 1) + 2·0)/1⌋ + 1 = 5', '1·1·3·3 + 1 = 10', '1×1×5×5'],
    ],
    [
      'groups',
      () => new nn.Conv2d(4, 4, 3, { groups: 2 }),
      [1, 4, 5, 5],
      ['⌊(5 − 3 + 2·0)/1⌋ + 1 = 3', '4·2·3·3 + 4 = 76', '1×4×3×3'],
    ],
    [
      "'same' with an even kernel",
      () => new nn.Conv2d(1, 1, 4, { padding: 'same' }),
      [1, 1, 6, 6],
      ['⌊(6 − 4 + 1 + 2)/1⌋ + 1 = 6', '1·1·4·4 + 1 = 17', '1×1×6×6'],
    ],
    [
      'two sides that differ',
      () => new nn.Conv2d(1, 1, [3, 1], { padding: [1, 0] }),
      [1, 1, 4, 5],
      ['⌊(4 − 3 + 2·1)/1⌋ + 1 = 4; ⌊(5 − 1 + 2·0)/1⌋ + 1 = 5', '1·1·3·1 + 1 = 4', '1×1×4×5'],
    ],
    [
      'a pool with a stride of its own',
      () => new nn.MaxPool2d(3, { stride: 2, padding: 1 }),
      [1, 1, 7, 7],
      ['⌊(7 − 3 + 2·1)/2⌋ + 1 = 4', '', '1×1×4×4'],
    ],
    [
      'a pool that hangs over the edge',
      () => new nn.MaxPool2d(2, { ceilMode: true }),
      [1, 1, 5, 5],
      ['⌈(5 − 2 + 2·0)/2⌉ + 1 = 3', '', '1×1×3×3'],
    ],
  ])('is right with %s', (_, layer, shape, expected) => {
    expect(formulas(layer(), shape)).toEqual(expected);
  });
});

describe('a summary', () => {
  it('leaves hooks, modes, statistics and memory as they were', async () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3), new nn.Dropout());
    net.at(1)!.eval();
    const modes = net.modules().map(({ training }) => training);
    const state = await net.stateDict();
    const { numTensors } = tf.memory();
    summary(net, [1, 2]);
    expect(net.modules().map(({ training }) => training)).toEqual(modes);
    expect(net.modules().some(({ hasForwardHooks }) => hasForwardHooks)).toBe(false);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(await net.stateDict()).toEqual(state);
  });

  it('of a model whose forward throws leaves nothing behind either, and says which layer it was', () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(4, 1));
    const { numTensors } = tf.memory();
    expect(() => summary(net, [1, 2])).toThrow('1: expected 4 input features, got 3 (input [1, 3])');
    expect(net.modules().some(({ hasForwardHooks }) => hasForwardHooks)).toBe(false);
    expect(net.training).toBe(true);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(() => net.at(0)!.forward(tf.zeros([1, 2]))).not.toThrow();
  });

  it('of a single layer is its one row', () => {
    const result = summary(new nn.Linear(2, 3), [1, 2]);
    expect(short(result)).toEqual([['Linear', '', '1×3', '', '3·2 + 3 = 9']]);
  });

  it('keeps the hooks that were there', () => {
    const net = new nn.Sequential(new nn.ReLU());
    let calls = 0;
    net.at(0)!.registerForwardHook(() => void calls++);
    summary(net, [1]);
    expect(calls).toBe(1);
    expect(net.at(0)!.hasForwardHooks).toBe(true);
  });
});
