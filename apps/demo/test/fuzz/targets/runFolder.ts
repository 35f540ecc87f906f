import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  callbacks,
  createBackend,
  data,
  Generator,
  hostArray,
  manualSeed,
  nn,
  optim,
  setDefaultBackend,
  Trainer,
} from '@flambeau/core';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { RunFolderError } from '../../../src/runs/runFolderError.ts';
import { concat, encodeNumber, mutateBytes } from '../mutateBytes.ts';
import { mutateText } from '../mutateText.ts';
import { agree, type FuzzTarget } from '../target.ts';

setDefaultBackend(await createBackend('cpu'));

const dataset = new data.TensorDataset(
  hostArray('float32', [12, 3], new Generator().manualSeed(1).normal(new Float32Array(36))),
  hostArray(
    'int32',
    [12],
    Int32Array.from({ length: 12 }, (_, i) => i % 2),
  ),
);

/** A trainer as the command line has one, only smaller. */
function makeTrainer(run: RunFolder) {
  manualSeed(0);
  const model = new nn.Sequential(new nn.Linear(3, 2));
  const optimizer = new optim.Adam(model.parameters());
  const stopping = new callbacks.EarlyStopping({ monitor: 'train/loss' });
  const rows = new callbacks.CsvLog(run.results, { overwrite: true });
  const events = new callbacks.JsonlLog(run.events, { overwrite: true });
  return new Trainer({ model, optimizer, callbacks: [stopping, rows, events] });
}

// In memory where there is such a place: a disk that is busy with other things makes each flush wait.
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const folder = mkdtempSync(join(place, 'flambeau-fuzz-run-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const config = {
  task: 'fashion-mnist',
  recipe: 'notes',
  epochs: 3,
  batchSize: 100,
  learningRate: 0.01,
  seed: 0,
  backend: 'simd',
  dataChecksums: { 'train-images-idx3-ubyte': 'abc' },
};

/** A sound run's files, by name. */
async function soundFiles(): Promise<Record<string, Uint8Array>> {
  const path = join(folder, 'sound');
  const run = await RunFolder.create('fashion-mnist', path);
  await run.writeConfig(config);
  const trainer = makeTrainer(run);
  await trainer.fit(new data.DataLoader(dataset, { batchSize: 4, shuffle: true }), { epochs: 2 });
  await run.saveResume(await trainer.stateDict());
  const names = ['config.json', 'results.csv', 'events.jsonl', 'resume.safetensors'];
  return Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(join(path, name)))]));
}

const sound = await soundFiles();
const names = Object.keys(sound);

/** One file: which of the run's it takes the place of, and its bytes. */
const packed = (name: string, bytes: Uint8Array) => concat(Uint8Array.of(names.indexOf(name)), bytes);
const unpacked = (file: Uint8Array) => ({ name: names[file[0]!]!, bytes: file.subarray(1) });

const path = join(folder, 'mutated', 'run');

/** What goes on with a run: everything up to its next step. */
async function goOn(): Promise<{ trainer: Trainer; wasRestored: boolean }> {
  const run = await RunFolder.open(path);
  const trainer = makeTrainer(run);
  await run.isFinished();
  const state = await run.loadResume();
  if (state !== undefined) run.restore(() => trainer.loadStateDict(state));
  await trainer.fit([] as never, { epochs: 0 });
  return { trainer, wasRestored: state !== undefined };
}

/** Run folders with one damaged file: `config.json`, `results.csv`, `events.jsonl` or `resume.safetensors`. */
export const runFolder: FuzzTarget<Awaited<ReturnType<typeof goOn>>> = {
  name: 'run',
  corpus: Object.entries(sound).map(([name, bytes]) => packed(name, bytes)),
  mutate(file, random) {
    const { name, bytes } = unpacked(file);
    if (random.chance(0.3)) return packed(name, mutateBytes(bytes, random));
    if (name !== 'resume.safetensors') {
      return packed(name, new TextEncoder().encode(mutateText(new TextDecoder().decode(bytes), random)));
    }
    // The trainer's numbers, which are JSON in the header's JSON; the tensors stay as they are.
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const { __metadata__: metadata } = header as { __metadata__: { trainer: string } };
    metadata.trainer = mutateText(metadata.trainer, random);
    const text = new TextEncoder().encode(JSON.stringify(header));
    return packed(name, concat(encodeNumber(text.length, 8, true), text, bytes.subarray(8 + length)));
  },
  prepare(file) {
    rmSync(dirname(path), { recursive: true, force: true });
    mkdirSync(join(path, 'weights'), { recursive: true });
    const { name, bytes } = unpacked(file);
    for (const [other, content] of Object.entries(sound))
      writeFileSync(join(path, other), other === name ? bytes : content);
  },
  read: goOn,
  isRefusal: (error) => error instanceof RunFolderError,
  check({ trainer, wasRestored }) {
    const { epoch, step } = trainer;
    agree(wasRestored && Number.isSafeInteger(epoch) && Number.isSafeInteger(step), 'the position');
    const [head, ...rows] = readFileSync(join(path, 'results.csv'), 'utf8').trimEnd().split('\n');
    agree(head === 'epoch,step,seconds,train/loss,train/accuracy,val/loss,val/accuracy,lr', 'the head of the rows');
    agree(
      rows.every((row) => Number(row.split(',')[0]) < epoch && row.split(',').length === 8),
      'rows of epochs that are done',
    );
    for (const line of readFileSync(join(path, 'events.jsonl'), 'utf8').split('\n')) if (line !== '') JSON.parse(line);
    agree(
      readdirSync(path).every((name) => !name.endsWith('.tmp')),
      'no temporary file',
    );
  },
};
