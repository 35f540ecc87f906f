import {
  createBackend,
  data,
  evaluate,
  Generator,
  hostArray,
  manualSeed,
  metrics,
  nn,
  optim,
  setDefaultBackend,
  Trainer,
} from '@flambeau/core';

setDefaultBackend(await createBackend());
manualSeed(0);

// Points of the plane; the class is the quadrant.
const points = new Generator().manualSeed(1).normal(new Float32Array(2 * 600));
const quadrants = Int32Array.from(
  { length: 600 },
  (_, i) => (points[2 * i] > 0 ? 1 : 0) + (points[2 * i + 1] > 0 ? 2 : 0),
);
const all = new data.TensorDataset(hostArray('float32', [600, 2], points), hostArray('int32', [600], quadrants));
const [train, test] = data.randomSplit(all, [500, 100]);

const model = new nn.Sequential(
  new nn.Linear(2, 16, { bias: false }), // a bias before batch norm would be cancelled
  new nn.BatchNorm1d(16),
  new nn.ReLU(),
  new nn.Dropout(0.1),
  new nn.Linear(16, 4),
);
const loader = new data.DataLoader(train, { batchSize: 50, shuffle: true });
const testLoader = new data.DataLoader(test, { batchSize: 100 });
const optimizer = new optim.AdamW(model.parameters());
const scheduler = new optim.OneCycleLR(optimizer, { maxLr: 0.05, epochs: 5, stepsPerEpoch: loader.length });

const trainer = new Trainer({ model, optimizer, scheduler });
const history = await trainer.fit(loader, { epochs: 5, validation: testLoader });
console.log(history.map(({ trainLoss, validation }) => [trainLoss.toFixed(2), validation?.accuracy]));

const confusion = new metrics.ConfusionMatrix(4);
const { accuracy } = await evaluate(model, testLoader, { confusion }); // in evaluation mode, and back
console.log(`accuracy ${accuracy}`, confusion.toArray());
