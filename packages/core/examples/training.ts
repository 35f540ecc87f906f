import {
  createBackend,
  data,
  functional as F,
  hostArray,
  manualSeed,
  metrics,
  nn,
  optim,
  setDefaultBackend,
  type Tensor,
} from '@flambeau/core';

setDefaultBackend(await createBackend()); // a GPU through WebGPU where there is one, else WebAssembly SIMD
manualSeed(0);

class Net extends nn.Module {
  conv = new nn.Conv2d(1, 8, 3);
  out = new nn.Linear(8 * 3 * 3, 4);

  forward(x: Tensor): Tensor {
    x = F.maxPool2d(F.relu(this.conv.forward(x)), 2);
    return this.out.forward(F.flatten(x, { startDim: 1 }));
  }
}

// 400 images of 8×8 with a bright square in one of the four corners; which one is the class.
const images = new Float32Array(400 * 64);
const labels = new Int32Array(400);
for (let i = 0; i < 400; i++) {
  labels[i] = i % 4;
  const [top, left] = [(labels[i] >> 1) * 4 + (i % 3), (labels[i] & 1) * 4 + (i % 2)];
  for (let y = top; y < top + 2; y++) for (let x = left; x < left + 2; x++) images[i * 64 + y * 8 + x] = 1;
}
const train = new data.TensorDataset(hostArray('float32', [400, 1, 8, 8], images), hostArray('int32', [400], labels));

const net = new Net();
const loader = new data.DataLoader(train, { batchSize: 50, shuffle: true });
const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });

for (let epoch = 0; epoch < 5; epoch++) {
  const totals = new metrics.Totals();
  for await (const [x, y] of loader) {
    const step = optimizer.minimize(() => {
      const logits = net.forward(x);
      return { loss: F.crossEntropy(logits, y), correct: metrics.correct(logits, y) };
    });
    totals.add(step); // stays on the device, and is read once in a while
  }
  const { loss, correct } = await totals.read();
  console.log(`epoch ${epoch} total_correct: ${correct} loss: ${loss.toFixed(3)}`);
}
