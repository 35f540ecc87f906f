import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createBackend,
  functional as F,
  hostArray,
  init,
  nn,
  setDefaultBackend,
  type Tensor,
} from '../../src/index.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

class Block extends nn.Module {
  conv1 = new nn.Conv2d(1, 2, 3);
  batchNorm = new nn.BatchNorm2d(2);
  dropout = new nn.Dropout(0.25);

  forward(x: Tensor): Tensor {
    return this.dropout.forward(F.relu(this.batchNorm.forward(this.conv1.forward(x))));
  }
}

class Net extends nn.Module {
  scaleFactor = new nn.Parameter(init.ones([1]));
  features = new Block();
  head = new nn.Sequential(new nn.Flatten(), new nn.Linear(8, 3, { bias: false }));

  forward(x: Tensor): Tensor {
    return tf.mul(this.head.forward(this.features.forward(x)), this.scaleFactor);
  }
}

describe('the tree of a module', () => {
  it('is found in the order of the fields, from the top down', () => {
    expect([...new Net().namedModules().keys()]).toEqual([
      '',
      'features',
      'features.conv1',
      'features.batchNorm',
      'features.dropout',
      'head',
      'head.0',
      'head.1',
    ]);
  });

  it('gives parameters and buffers by the keys that PyTorch would', () => {
    const net = new Net();
    expect([...net.namedParameters().keys()]).toEqual([
      'scale_factor',
      'features.conv1.weight',
      'features.conv1.bias',
      'features.batch_norm.weight',
      'features.batch_norm.bias',
      'head.1.weight',
    ]);
    expect([...net.namedBuffers().keys()]).toEqual([
      'features.batch_norm.running_mean',
      'features.batch_norm.running_var',
    ]);
  });

  it('lists a parameter and a layer that two places share once', () => {
    class Tied extends nn.Module {
      encoder = new nn.Linear(2, 2, { bias: false });
      decoder = this.encoder;
      copy = new nn.Linear(2, 2, { bias: false });
      forward(): void {}
    }
    const tied = new Tied();
    tied.copy.weight = tied.encoder.weight;
    expect([...tied.namedParameters().keys()]).toEqual(['encoder.weight']);
    expect(tied.modules()).toHaveLength(3);
  });

  it('prints as PyTorch prints it', () => {
    expect(new Net().toString()).toBe(
      [
        'Net(',
        '  (features): Block(',
        '    (conv1): Conv2d(1, 2, kernelSize=[3, 3], stride=[1, 1])',
        '    (batchNorm): BatchNorm2d(2, eps=0.00001, momentum=0.1, affine=true, trackRunningStats=true)',
        '    (dropout): Dropout(p=0.25)',
        '  )',
        '  (head): Sequential(',
        '    (0): Flatten(startDim=1, endDim=-1)',
        '    (1): Linear(inFeatures=8, outFeatures=3, bias=false)',
        '  )',
        ')',
      ].join('\n'),
    );
  });

  const layer = () => new nn.Linear(1, 1);
  it.each([
    { what: 'Array', made: () => [layer()] },
    { what: 'Array', made: () => [new nn.Parameter(init.ones([1]))] },
    { what: 'Object', made: () => ({ first: layer() }) },
    { what: 'Map', made: () => new Map([['first', layer()]]) },
    { what: 'Set', made: () => new Set([layer()]) },
  ])('refuses layers and parameters in a plain $what, where no one would train them', ({ what, made }) => {
    class Hiding extends nn.Module {
      layers = made();
      forward(): void {}
    }
    expect(() => new Hiding().parameters()).toThrow(
      `Hiding.layers is a plain ${what}, in which layers and parameters cannot be found: use fields, nn.Sequential, nn.ModuleList or nn.ModuleDict`,
    );
  });

  it('leaves arrays and records of other things alone', () => {
    class Plain extends nn.Module {
      sizes = [1, 2, 3];
      options = { depth: 2 };
      forward(): void {}
    }
    expect(new Plain().parameters()).toEqual([]);
  });

  it('refuses two fields that a state dict would call the same', () => {
    class Twice extends nn.Module {
      outWeight = new nn.Parameter(init.ones([1]));
      out_weight = new nn.Parameter(init.ones([1]));
      forward(): void {}
    }
    expect(() => new Twice().parameters()).toThrow(/Twice has two fields for the state dict's key "out_weight"/);
  });

  it('takes functions to every module, children first', () => {
    const order: string[] = [];
    new Net().apply((module) => order.push(module.constructor.name));
    expect(order).toEqual(['Conv2d', 'BatchNorm2d', 'Dropout', 'Block', 'Flatten', 'Linear', 'Sequential', 'Net']);
  });
});

describe('a Sequential', () => {
  it('gives its layers by position, and counts from the end', () => {
    const [first, second] = [new nn.ReLU(), new nn.Flatten()];
    const both = new nn.Sequential(first, second);
    expect(both.at(0)).toBe(first);
    expect(both.at(-1)).toBe(second);
    expect(both.at(2)).toBeUndefined();
    expect([...both]).toEqual([first, second]);
    expect(both).toHaveLength(2);
  });

  it('without layers is the identity', () => {
    const x = tf.ones([2]);
    expect(new nn.Sequential().forward(x)).toBe(x);
    x.dispose();
  });
});

describe('train and eval', () => {
  it('reach every module below', () => {
    const net = new Net();
    expect(
      net
        .eval()
        .modules()
        .map(({ training }) => training),
    ).toEqual(new Array(8).fill(false));
    expect(
      net
        .train()
        .modules()
        .map(({ training }) => training),
    ).toEqual(new Array(8).fill(true));
  });

  it('turn dropout off and make batch norm use and keep its running statistics', async () => {
    const net = new Net().eval();
    const before = await net.features.batchNorm.runningMean!.toHost();
    const input = tf.ones([2, 1, 4, 4]);
    const [first, second] = [net.forward(input), net.forward(input)];
    expect(await first.data()).toEqual(await second.data());
    expect(await net.features.batchNorm.runningMean!.toHost()).toEqual(before);
    expect(net.features.batchNorm.numBatchesTracked!.value).toBe(0);
    net.train().forward(input).dispose();
    expect(await net.features.batchNorm.runningMean!.toHost()).not.toEqual(before);
    expect(net.features.batchNorm.numBatchesTracked!.value).toBe(1);
    tf.dispose([input, first, second]);
  });
});

describe('what an error message calls a layer', () => {
  const image = () => tf.zeros([1, 1, 28, 28]);

  it('is its class and arguments before its place is known', () => {
    expect(() => new nn.Conv2d(6, 12, 5).forward(image())).toThrow(
      'Conv2d(6, 12, kernelSize=[5, 5], stride=[1, 1]): expected 6 input channels, got 1 (input [1, 1, 28, 28])',
    );
    expect(() => new nn.Linear(3, 2).forward(tf.zeros([1, 4]))).toThrow(
      'Linear(inFeatures=3, outFeatures=2, bias=true): expected 3 input features, got 4 (input [1, 4])',
    );
  });

  it('is its path once the tree has been walked', () => {
    class Two extends nn.Module {
      conv1 = new nn.Conv2d(1, 6, 5);
      conv2 = new nn.Conv2d(6, 12, 5);
      forward(x: Tensor): Tensor {
        return this.conv2.forward(x);
      }
    }
    const two = new Two();
    two.parameters();
    expect(() => two.forward(image())).toThrow('conv2: expected 6 input channels, got 1 (input [1, 1, 28, 28])');
  });

  it('stays the whole path when a part is walked by itself', () => {
    const net = new Net();
    net.parameters();
    net.head.parameters();
    expect(() => net.head.forward(tf.zeros([1, 7]))).toThrow('head.1: expected 8 input features, got 7 (input [1, 7])');
  });

  it.each([
    [() => new nn.BatchNorm2d(2).forward(tf.zeros([2, 2])), /expected an input of shape \[N, C, H, W\], got \[2, 2\]/],
    [
      () => new nn.BatchNorm1d(2).forward(tf.zeros([2])),
      /expected an input of shape \[N, C\] or \[N, C, L\], got \[2\]/,
    ],
    [() => new nn.BatchNorm1d(2).forward(tf.zeros([4, 3])), /expected runningMean of shape \[3\], got \[2\]/],
    [() => new nn.BatchNorm1d(2).forward(tf.zeros([1, 2])), /expected more than 1 value per channel when training/],
    [
      () => new nn.MaxPool2d(3).forward(tf.zeros([1, 1, 2, 2])),
      /window 3×3 is larger than the padded input \[1, 1, 2, 2\]/,
    ],
    [() => new nn.MaxPool2d(2, { padding: 2 }).forward(tf.zeros([1, 1, 4, 4])), /padding of at most half the kernel/],
    [
      () => new nn.Conv2d(1, 1, 5).forward(tf.zeros([1, 1, 4, 4])),
      /kernel 5×5 with dilation 1×1 is larger than the padded/,
    ],
    [() => new nn.Conv2d(3, 4, 1, { groups: 2 }), /expected channels divisible by groups, got inChannels 3/],
    [() => new nn.Conv2d(1, 1, 3, { padding: 'same', stride: 2 }), /padding 'same' needs stride 1, got \[2, 2\]/],
    [() => new nn.Conv2d(1, 1, 1.5), /expected kernelSize to be whole and at least 1, got 1.5/],
    [() => new nn.Dropout(1.5), /expected a probability between 0 and 1, got 1.5/],
    [() => new nn.Flatten({ startDim: 3 }).forward(tf.zeros([1, 2])), /expected a dimension in \[-2, 1\], got 3/],
    [
      () => new nn.CrossEntropyLoss().forward(tf.zeros([2, 3]), tf.zeros([2])),
      /expected target of type int32, got float32/,
    ],
    [
      () => new nn.CrossEntropyLoss().forward(tf.zeros([2, 3]), tf.zeros([3], 'int32')),
      /expected target of shape \[2\], got \[3\]/,
    ],
  ])('comes with what was given and what was expected (case %#)', (call, message) => {
    tf.tidy(() => void expect(call).toThrow(message));
  });
});

describe('dispose', () => {
  it('frees every parameter and buffer, also shared ones and twice over', () => {
    const before = tf.memory();
    const net = new Net();
    expect(tf.memory().numTensors).toBeGreaterThan(before.numTensors);
    net.dispose();
    net.dispose();
    const after = tf.memory();
    expect([after.numTensors, after.numBytes, after.numDataBuffers]).toEqual([
      before.numTensors,
      before.numBytes,
      before.numDataBuffers,
    ]);
  });

  it('makes what is used afterwards say so', () => {
    const net = new nn.Linear(2, 2);
    net.dispose();
    expect(() => net.forward(tf.zeros([1, 2]))).toThrow(/has been disposed/);
  });
});

describe('a Parameter', () => {
  it('outlives the tidy in which it is made', async () => {
    const parameter = tf.tidy(() => new nn.Parameter(init.ones([2])));
    expect((await parameter.toHost()).data).toEqual(Float32Array.of(1, 1));
    parameter.dispose();
  });

  it('is not a Buffer, nor a Buffer a Parameter, nor a plain variable either of them', () => {
    const [parameter, buffer] = [new nn.Parameter(init.ones([1])), new nn.Buffer(init.ones([1]))];
    const variable = tf.variable(tf.scalar(0));
    expect(parameter instanceof nn.Buffer).toBe(false);
    expect(buffer instanceof nn.Parameter).toBe(false);
    expect(variable instanceof nn.Parameter).toBe(false);
    expect(parameter instanceof tf.Variable && parameter instanceof tf.Tensor).toBe(true);
    tf.dispose([parameter, buffer, variable]);
  });

  it('keeps its values apart from the array that it was made of', async () => {
    for (const name of ['simd', 'cpu']) {
      const backend = await createBackend(name);
      const array = hostArray('float32', [2], Float32Array.of(1, 2));
      const parameter = new nn.Parameter(array, { backend });
      array.data[0] = 99;
      const read = await parameter.toHost();
      expect(read.data, name).toEqual(Float32Array.of(1, 2));
      read.data[1] = 99;
      expect((await parameter.toHost()).data, name).toEqual(Float32Array.of(1, 2));
      parameter.dispose();
    }
  });
});
