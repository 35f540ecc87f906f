import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { functional as F, hostArray, init, nn, type Tensor } from '../../src/index.ts';
import { parseSafetensors, serializeSafetensors } from '../../src/io/index.ts';
import { onBackends } from '../golden/onBackends.ts';

class Net extends nn.Module {
  firstLayer = new nn.Linear(3, 2);
  bn = new nn.BatchNorm1d(2);
  ownScale = new nn.Parameter(init.ones([2]));

  forward(x: Tensor): Tensor {
    return tf.mul(F.relu(this.bn.forward(this.firstLayer.forward(x))), this.ownScale);
  }
}

const float = (shape: number[], ...values: number[]) => hostArray('float32', shape, Float32Array.from(values));

onBackends('a state dict', () => {
  it("has PyTorch's keys in the model's order, and the batch count as an int64 scalar", async () => {
    const net = new Net();
    net.bn.numBatchesTracked!.value = 7;
    const dict = await net.stateDict();
    expect(Object.keys(dict)).toEqual([
      'own_scale',
      'first_layer.weight',
      'first_layer.bias',
      'bn.weight',
      'bn.bias',
      'bn.running_mean',
      'bn.running_var',
      'bn.num_batches_tracked',
    ]);
    expect(dict['bn.num_batches_tracked']).toEqual(hostArray('int64', [], BigInt64Array.of(7n)));
    expect(dict['first_layer.weight'].shape).toEqual([2, 3]);
  });

  it('makes another model the same, through the bytes of a file and as a Map', async () => {
    const [one, other] = [new Net(), new Net()];
    one.bn.numBatchesTracked!.value = 3;
    const dict = await one.stateDict();
    expect(await other.stateDict()).not.toEqual(dict);
    const { tensors } = parseSafetensors(serializeSafetensors(Object.entries(dict)));
    expect(tensors).toBeInstanceOf(Map);
    expect(other.loadStateDict(tensors)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(await other.stateDict()).toEqual(dict);
  });

  it('names a shared layer and a shared parameter at both their places, as PyTorch does', async () => {
    class Tied extends nn.Module {
      encoder = new nn.Linear(1, 1, { bias: false });
      decoder = this.encoder;
      again = new nn.Parameter(init.zeros([1, 1]));
      forward(): void {}
    }
    const tied = new Tied();
    tied.again = tied.encoder.weight;
    tied.loadStateDict({
      again: float([1, 1], 5),
      'encoder.weight': float([1, 1], 5),
      'decoder.weight': float([1, 1], 5),
    });
    const dict = await tied.stateDict();
    expect(Object.keys(dict)).toEqual(['again', 'encoder.weight', 'decoder.weight']);
    expect(dict['decoder.weight'].data[0]).toBe(5);
  });

  it('keeps the parameters themselves, which optimizers hold, and leaves nothing behind', async () => {
    const net = new Net();
    const dict = await net.stateDict();
    const parameters = net.parameters();
    const { numTensors, numBytes } = tf.memory();
    net.loadStateDict(dict);
    expect(net.parameters()).toEqual(parameters);
    expect([tf.memory().numTensors, tf.memory().numBytes]).toEqual([numTensors, numBytes]);
  });

  it('casts to the element type of what it replaces', async () => {
    const net = new nn.Linear(2, 1);
    net.loadStateDict({
      weight: hostArray('int64', [1, 2], BigInt64Array.of(3n, -4n)),
      bias: hostArray('float64', [1], Float64Array.of(0.5)),
    });
    expect(await net.stateDict()).toEqual({ weight: float([1, 2], 3, -4), bias: float([1], 0.5) });
    net.loadStateDict({
      weight: hostArray('float16', [1, 2], Uint16Array.of(0x3e00, 0xc000)),
      bias: hostArray('bfloat16', [1], Uint16Array.of(0x4040)),
    });
    expect(await net.stateDict()).toEqual({ weight: float([1, 2], 1.5, -2), bias: float([1], 3) });
  });

  describe('that does not fit', () => {
    const wrong = async (change: (dict: nn.StateDict) => void) => {
      const net = new Net();
      const before = await net.stateDict();
      const dict = structuredClone(before);
      for (const array of Object.values(dict)) if (array.dtype === 'float32') array.data.fill(9 as never);
      change(dict);
      return { net, before, dict, memory: tf.memory().numTensors };
    };

    it.each<[string, (dict: nn.StateDict) => void, RegExp]>([
      [
        'a missing and an unexpected key',
        (dict) => {
          delete dict['bn.weight'];
          dict['bn.gamma'] = float([2], 1, 1);
        },
        /^loading the state dict for Net: Unexpected key\(s\) in state dict: "bn.gamma". Missing key\(s\) in state dict: "bn.weight".$/,
      ],
      [
        'two shapes',
        (dict) => {
          dict['first_layer.bias'] = float([3], 1, 2, 3);
          dict.own_scale = float([], 1);
        },
        /size mismatch for own_scale: the state dict has shape \[\], the model \[2\]. size mismatch for first_layer.bias: the state dict has shape \[3\], the model \[2\]./,
      ],
      [
        'data that is shorter than its shape, found late',
        (dict) => {
          dict['bn.running_mean'] = { dtype: 'float32', shape: [2], data: Float32Array.of(1) };
        },
        /^loading the state dict for Net: bn.running_mean: /,
      ],
    ])('is refused and changes nothing: %s', async (_, change, message) => {
      const { net, before, dict, memory } = await wrong(change);
      expect(() => net.loadStateDict(dict)).toThrow(message);
      expect(await net.stateDict()).toEqual(before);
      expect(tf.memory().numTensors).toBe(memory);
    });

    it('is taken as far as its keys go with strict: false, which reports the rest', async () => {
      const { net, before } = await wrong(() => {});
      const report = net.loadStateDict({ own_scale: float([2], 4, 5), other: float([1], 0) }, { strict: false });
      expect(report.unexpectedKeys).toEqual(['other']);
      expect(report.missingKeys).toEqual(Object.keys(before).filter((key) => key !== 'own_scale'));
      expect(await net.stateDict()).toEqual({ ...before, own_scale: float([2], 4, 5) });
    });

    it('is refused for its shapes with strict: false too', async () => {
      const { net, before } = await wrong(() => {});
      expect(() => net.loadStateDict({ own_scale: float([1], 4) }, { strict: false })).toThrow(/size mismatch/);
      expect(await net.stateDict()).toEqual(before);
    });
  });
});
