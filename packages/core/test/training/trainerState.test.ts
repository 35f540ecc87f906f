import { beforeAll, describe, expect, it } from 'vitest';
import {
  callbacks,
  createBackend,
  defaultGenerator,
  type HostArray,
  hostArray,
  setDefaultBackend,
  type TrainerState,
  TrainerStateError,
} from '../../src/index.ts';
import { setUp } from './callbacks/runs.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

const make = () => setUp([new callbacks.EarlyStopping({ monitor: 'val/loss' }), new callbacks.BestWeights()]);

/** A state's numbers, to be spoiled. */
interface Draft {
  position?: { epoch: number; step: number; progress: { loss: number | null } };
  optimizer: { groups: { params: number[]; lr: unknown }[]; steps: number[] };
  scheduler: unknown;
  callbacks: { wait?: number }[];
}

/** The numbers of a state with some of them changed. */
function withNumbers({ tensors, metadata }: TrainerState, change: (numbers: Draft) => void): TrainerState {
  const numbers = JSON.parse(metadata.trainer!) as Draft;
  change(numbers);
  return { tensors, metadata: { trainer: JSON.stringify(numbers) } };
}

const withTensor = ({ tensors, metadata }: TrainerState, key: string, array: HostArray | undefined): TrainerState => {
  const { [key]: _, ...rest } = tensors;
  return { tensors: array === undefined ? rest : { ...rest, [key]: array }, metadata };
};

describe('a state that is damaged or of another run', () => {
  it.each<[string, (state: TrainerState) => TrainerState, string]>([
    ['without numbers', ({ tensors }) => ({ tensors, metadata: {} }), 'got a file without one'],
    ['whose numbers are no JSON', ({ tensors }) => ({ tensors, metadata: { trainer: '{' } }), 'are no JSON'],
    ['whose numbers are null', ({ tensors }) => ({ tensors, metadata: { trainer: 'null' } }), 'has no numbers'],
    ['without a position', (s) => withNumbers(s, (n) => delete n.position), 'has no position'],
    ['with half an epoch', (s) => withNumbers(s, (n) => (n.position!.epoch = 0.5)), 'epoch is no whole number'],
    ['with a negative step', (s) => withNumbers(s, (n) => (n.position!.step = -1)), 'step is no whole number'],
    ['without a loss', (s) => withNumbers(s, (n) => (n.position!.progress.loss = null)), 'loss is no number'],
    [
      'without parameter groups',
      (s) => withNumbers(s, (n) => (n.optimizer.groups = {} as never)),
      'no parameter groups',
    ],
    ['of other groups', (s) => withNumbers(s, (n) => n.optimizer.groups[0]!.params.pop()), 'groups of [3] parameters'],
    [
      'with a learning rate in words',
      (s) => withNumbers(s, (n) => (n.optimizer.groups[0]!.lr = 'high')),
      'parameter group 0.lr is a string, expected a number',
    ],
    ['of fewer steps', (s) => withNumbers(s, (n) => n.optimizer.steps.pop()), 'of 3 parameters, expected 4'],
    ['with a scheduler', (s) => withNumbers(s, (n) => (n.scheduler = { step: 1 })), 'has a scheduler'],
    ['of one callback', (s) => withNumbers(s, (n) => n.callbacks.pop()), 'has 1 callbacks, the trainer 2'],
    [
      'whose patience is lost',
      (s) => withNumbers(s, (n) => delete n.callbacks[0]!.wait),
      "the state of EarlyStopping has no number 'wait'",
    ],
    [
      'whose best weights are lost',
      (s) => ({ ...s, tensors: Object.fromEntries(Object.entries(s.tensors).filter(([k]) => !/^callback/.test(k))) }),
      'the state of BestWeights has no weights',
    ],
    ['without a weight', (s) => withTensor(s, 'model.out.bias', undefined), 'Missing key(s) in state dict: "out.bias"'],
    [
      'with a weight of another shape',
      (s) => withTensor(s, 'model.out.bias', hostArray('float32', [2], new Float32Array(2))),
      'size mismatch for out.bias',
    ],
    [
      "with an optimizer's buffer of another shape",
      (s) => withTensor(s, 'optimizer.0.expAvg', hostArray('float32', [1], new Float32Array(1))),
      "the optimizer's expAvg of parameter 0 has shape [1], expected [6, 4]",
    ],
    ['without a generator', (s) => withTensor(s, 'generator.now.default', undefined), 'has no generator'],
    [
      'with half a generator',
      (s) => withTensor(s, 'generator.now.default', hostArray('uint8', [9], new Uint8Array(9))),
      'the state of a generator is damaged',
    ],
    [
      'with a generator of floats',
      (s) => withTensor(s, 'generator.now.default', hostArray('float32', [1], new Float32Array(1))),
      'the state of a generator is of float32',
    ],
  ])('%s is refused with one error, and changes nothing', async (_, damage, message) => {
    const run = make();
    await run.fit(1);
    const state = damage(await run.trainer.stateDict());
    await run.fit(2);
    const before = [await run.trainer.stateDict(), defaultGenerator.getState()];
    const attempt = () => run.trainer.loadStateDict(state);
    expect(attempt).toThrow(TrainerStateError);
    expect(attempt).toThrow(message);
    expect([await run.trainer.stateDict(), defaultGenerator.getState()]).toEqual(before);
  });
});
