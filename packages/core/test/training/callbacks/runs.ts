import {
  type Dataset,
  data,
  functional as F,
  Generator,
  type HostArray,
  hostArray,
  manualSeed,
  nn,
  optim,
  type Tensor,
  Trainer,
  type TrainerCallback,
  type TrainerState,
} from '../../../src/index.ts';
import { parseSafetensors, serializeSafetensors } from '../../../src/io/index.ts';

export class Net extends nn.Module {
  hidden = new nn.Linear(4, 6);
  out = new nn.Linear(6, 3);

  forward(x: Tensor): Tensor {
    return this.out.forward(F.relu(this.hidden.forward(x)));
  }
}

const examples = 30;
const dataset = new data.TensorDataset(
  hostArray('float32', [examples, 4], new Generator().manualSeed(3).normal(new Float32Array(4 * examples))),
  hostArray(
    'int32',
    [examples],
    Int32Array.from({ length: examples }, (_, i) => i % 3),
  ),
) as unknown as Dataset<[HostArray, HostArray]>;

/** A run of 3 steps an epoch, from the same seed each time. */
export function setUp(callbacks: TrainerCallback[], lr = 0.05) {
  manualSeed(2);
  const model = new Net();
  const optimizer = new optim.Adam(model.parameters(), { lr });
  const trainer = new Trainer({ model, optimizer, callbacks });
  const loader = new data.DataLoader(dataset, { batchSize: 10, shuffle: true });
  const validation = new data.DataLoader(dataset, { batchSize: 30 });
  const fit = (epochs: number) => trainer.fit(loader as never, { epochs, validation: validation as never });
  return { model, trainer, loader, validation, fit };
}

/** Through the bytes of a file, as a real run does. */
export function throughFile({ tensors, metadata }: TrainerState): TrainerState {
  const read = parseSafetensors(serializeSafetensors(Object.entries(tensors), { ...metadata }));
  return { tensors: Object.fromEntries(read.tensors), metadata: Object.fromEntries(read.metadata) };
}
