import { describe, expect, it } from 'vitest';
import {
  BackendLostError,
  createBackend,
  data,
  functional as F,
  hostArray,
  nn,
  optim,
  setDefaultBackend,
  Trainer,
  toHost,
} from '../../../src/index.ts';
import { webgpuOrReason } from '../../conformance/webgpu.ts';

const missing = await webgpuOrReason();
const message =
  /^the device of backend 'webgpu' was lost \(.+\): open it anew by createBackend\('webgpu'\) and go on from the last checkpoint$/;

describe.skipIf(missing !== '')('a GPU device that is lost', () => {
  it('is one error with a way out, in training, in a read and in every operation after it; it can be opened anew', {
    timeout: 120_000,
  }, async () => {
    const backend = await createBackend('webgpu');
    setDefaultBackend(backend);
    const model = new nn.Sequential(new nn.Linear(2, 2));
    const dataset = new data.TensorDataset(
      hostArray('float32', [8, 2], new Float32Array(16).fill(1)),
      hostArray('int32', [8], new Int32Array(8)),
    );
    const weight = model.parameters()[0]!;
    const device = (backend.kernelBackend as unknown as { device: GPUDevice }).device;
    const trainer = new Trainer({
      model,
      optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }),
      callbacks: [
        {
          onStep: ({ step }) => {
            if (step === 2) device.destroy();
          },
        },
      ],
    });
    const attempt = trainer.fit(new data.DataLoader(dataset, { batchSize: 2 }), { epochs: 1 });
    await expect(attempt).rejects.toThrow(BackendLostError);
    await expect(toHost(weight)).rejects.toThrow(message);
    expect(() => F.relu(weight)).toThrow(message);

    const again = await createBackend('webgpu');
    expect(again).not.toBe(backend);
    const one = again.tensor(hostArray('float32', [2], Float32Array.of(-1, 2)));
    expect([...(await toHost(F.relu(one))).data]).toEqual([0, 2]);
  });
});
