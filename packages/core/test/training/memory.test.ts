import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Backend,
  createBackend,
  functional as F,
  hostArray,
  manualSeed,
  nn,
  optim,
  setDefaultBackend,
  type Tensor,
} from '../../src/index.ts';

class Net extends nn.Module {
  conv = new nn.Conv2d(1, 4, 3);
  bn = new nn.BatchNorm2d(4);
  dropout = new nn.Dropout(0.2);
  out = new nn.Linear(4 * 3 * 3, 3);

  forward(x: Tensor): Tensor {
    const maps = F.maxPool2d(F.relu(this.bn.forward(this.conv.forward(x))), 2);
    return this.out.forward(this.dropout.forward(F.flatten(maps, { startDim: 1 })));
  }
}

/** What TensorFlow.js counts, and on simd what its memory really holds. */
function held(): Record<string, number | undefined> {
  const { numTensors, numDataBuffers, numBytes, ...own } = memory() as ReturnType<typeof memory> & {
    numBytesInUse?: number;
  };
  return { numTensors, numDataBuffers, numBytes, numBytesInUse: own.numBytesInUse };
}

describe.each(['simd', 'cpu'])('200 training steps on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createBackend(name);
    setDefaultBackend(backend);
  });

  it('leave tensors and bytes where they were after the first, also when every third throws', () => {
    manualSeed(0);
    const net = new Net();
    const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
    const images = backend.tensor(hostArray('float32', [4, 1, 8, 8], new Float32Array(256).fill(0.5)));
    const labels = backend.tensor(hostArray('int32', [4], Int32Array.of(0, 1, 2, 0)));
    const step = (fail: boolean) => {
      const { loss, logits } = optimizer.minimize(() => {
        const logits = net.forward(images);
        const loss = F.crossEntropy(logits, labels);
        if (fail) throw new Error('stop');
        return { loss, logits };
      });
      loss.dispose();
      logits.dispose();
    };
    step(false);
    const after = held();
    for (let i = 0; i < 200; i++) {
      if (i % 3 === 2) expect(() => step(true)).toThrow('stop');
      else step(false);
    }
    expect(held()).toEqual(after);
    optimizer.dispose();
    net.dispose();
    images.dispose();
    labels.dispose();
  });
});
