import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { loadSafetensors } from '@flambeau/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CliOptions, type CliResult, runCli, scratchFolder } from '../runCli.ts';
import { sizes, writeTinyGlove, writeTinyImdb } from './tinyImdb.ts';

const scratch = scratchFolder();
const control = /[^\P{Cc}\n\t]/u;
const dataDir = () => scratch.path('data');

/** With a cache of its own, so that nothing is left in the user's. */
const cli = (args: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
  runCli(args, { ...options, env: { XDG_CACHE_HOME: scratch.path('cache') } });

const train = (out: string, ...more: string[]): string[] => [
  ...['train', 'imdb', '--data-dir', dataDir(), '--out', out, '--backend', 'simd', '--threads', '1', '--seed', '1'],
  ...['--epochs', '3', '--lr', '0.01', '--batch-size', '16', '--json', ...more],
];

/** The rows of results.csv without the seconds, which no two runs share. */
async function rows(run: string): Promise<string[][]> {
  const lines = (await readFile(`${run}/results.csv`, 'utf8')).trim().split('\n');
  return lines.map((line) => line.split(',').filter((_, column) => column !== 2));
}

let trained: CliResult;
let events: Record<string, unknown>[];
const run = () => scratch.path('notes');
const best = () => scratch.path('notes', 'weights', 'best.safetensors');

beforeAll(async () => {
  await writeTinyImdb(dataDir());
  await writeTinyGlove(dataDir());
  trained = await cli(train(run()));
  events = trained.code === 0 ? trained.events() : [];
  // Compiling all packages takes a while on a machine that is busy with other things.
}, 120_000);

describe('train imdb --json', () => {
  it('prints the events of the contract and nothing else', () => {
    expect(trained.stderr).not.toMatch(/^flambeau:/m);
    expect(trained.code).toBe(0);
    expect(events.map(({ event }) => event)).toEqual(['start', 'epoch', 'epoch', 'epoch', 'done']);
    expect(events[0]).toMatchObject({
      task: 'imdb',
      model: 'TextCnn',
      recipe: 'notes',
      backend: 'simd',
      trainExamples: 108,
      validationExamples: 12,
      testExamples: 2 * sizes.test,
      dataSource: 'data-dir',
      vectors: 'glove',
      vocabulary: 28,
      wordsWithVector: 26,
      epochs: 3,
      batchSize: 16,
      learningRate: 0.01,
      seed: 1,
    });
    expect(events[1]).toMatchObject({
      epoch: 0,
      step: 7,
      validationAccuracy: expect.any(Number),
      seconds: expect.any(Number),
    });
    expect(trained.stdout + trained.stderr).not.toMatch(control);
  });

  it('says that neither archive nor vectors are the published ones', () => {
    expect(trained.stderr).toContain(
      'which is not the published archive: 120 of 25,000 training reviews, 40 of 25,000 test',
    );
    expect(trained.stderr).toContain('which is not the published file: 26 of 400,000 words');
  });

  it('learns, and reports the best weights by held-out reviews on the test reviews', () => {
    const done = events.at(-1)!;
    const accuracies = events.slice(1, 4).map(({ validationAccuracy }) => validationAccuracy as number);
    expect(done.bestValidationAccuracy).toBe(Math.max(...accuracies));
    expect(done.bestEpoch).toBe(accuracies.indexOf(Math.max(...accuracies)));
    expect(done.testAccuracy).toBeGreaterThan(0.9);
    const confusion = done.confusion as number[][];
    expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(done.testAccuracy).toBeCloseTo((confusion[0]![0]! + confusion[1]![1]!) / 40, 10);
  });

  it('keeps config, vocabulary, rows, events, weights and pictures in the run folder', async () => {
    const config = JSON.parse(await readFile(scratch.path('notes', 'config.json'), 'utf8'));
    expect(config).toMatchObject({ task: 'imdb', recipe: 'notes', seed: 1, dataIsComplete: false });
    expect(config.reviews).toEqual({ train: [60, 60], test: [20, 20] });
    expect(Object.keys(config.dataChecksums).sort()).toEqual(['aclImdb_v1.tar.gz', 'glove.6B.100d.txt']);
    expect(await rows(run())).toHaveLength(4);
    expect((await rows(run()))[0]).toEqual('epoch,step,train/loss,train/accuracy,val/loss,val/accuracy,lr'.split(','));
    for (const name of [
      'curves.svg',
      'curves.png',
      'confusion-matrix.svg',
      'confusion-matrix.png',
      'vocabulary.json',
    ]) {
      expect(existsSync(scratch.path('notes', name)), name).toBe(true);
    }
    for (const name of ['last', 'best']) {
      const { tensors, metadata } = await loadSafetensors(scratch.path('notes', 'weights', `${name}.safetensors`));
      expect(tensors.get('embedding.weight')?.shape).toEqual([28, 100]);
      expect(metadata.get('task')).toBe('imdb');
      expect(metadata.get('vocab')).toContain('wonderful');
    }
  });
});

describe('an interrupted run', () => {
  it('goes on as if it had never stopped', async () => {
    const out = scratch.path('interrupted');
    const stopped = await cli(train(out), {
      onOutput: (stdout, kill) => {
        if (stdout.includes('"epoch":0')) kill('SIGINT');
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/interrupted .* go on with: .* train imdb --resume /);
    const resumed = await cli(['train', 'imdb', '--resume', out, '--data-dir', dataDir(), '--json']);
    expect(resumed.code).toBe(0);
    expect(await rows(out)).toEqual(await rows(run()));
    expect(resumed.events().at(-1)!.testAccuracy).toBe(events.at(-1)!.testAccuracy);
    const [a, b] = await Promise.all([out, run()].map((folder) => readFile(`${folder}/weights/best.safetensors`)));
    expect(a!.equals(b!)).toBe(true);
  });

  it('refuses what would make it another run', async () => {
    const { code, stderr } = await cli(['train', 'imdb', '--resume', run(), '--vectors', 'random']);
    expect(code).toBe(1);
    expect(stderr).toContain('would make');
  });
});

describe('evaluate', () => {
  it('finds what training has reported', async () => {
    const { code, events: found } = await cli(['evaluate', best(), '--data-dir', dataDir(), '--json']);
    expect(code).toBe(0);
    const { testAccuracy, testLoss, confusion } = events.at(-1)!;
    expect(found()).toHaveLength(1);
    expect(found()[0]).toMatchObject({ event: 'evaluation', task: 'imdb', testAccuracy, confusion });
    expect(found()[0]!.testLoss).toBeCloseTo(testLoss as number, 5);
  });
});

describe('sentiment', () => {
  it('judges texts by the checkpoint alone, and names what decided', async () => {
    const copy = scratch.path('elsewhere', 'mine.safetensors');
    await mkdir(scratch.path('elsewhere'), { recursive: true });
    await copyFile(best(), copy);
    const html = scratch.path('why.html');
    const texts = ['A wonderful film with superb music!', 'the story was <b>boring</b> and awful'];
    const result = await cli(['sentiment', copy, ...texts, '--html', html, '--json']);
    expect(result.code).toBe(0);
    const answers = result.events();
    expect(answers.map(({ label }) => label)).toEqual(['pos', 'neg']);
    for (const { probability, ngrams } of answers) {
      expect(probability).toBeGreaterThan(0.5);
      expect((ngrams as unknown[]).length).toBeGreaterThan(0);
    }
    expect(JSON.stringify(answers[0]!.ngrams)).toMatch(/wonderful|superb/);
    const page = await readFile(html, 'utf8');
    expect(page).toContain('<!doctype html>');
    expect(page).not.toContain('<b>boring');
  });

  it('prints plain text into a pipe', async () => {
    const { code, stdout, stderr } = await cli(['sentiment', best(), 'A wonderful film!']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^pos \d/);
    expect(stdout).toContain('wonderful');
    expect(stdout + stderr).not.toMatch(control);
  });

  it('answers standard input line by line, in order, empty lines too', async () => {
    const input = 'a wonderful film\r\n\nthe actor was dull and boring\n!!!\nsuperb music \u2028 in town';
    const { code, events: answers, stderr } = await cli(['sentiment', best(), '-', '--json'], { input });
    expect(code).toBe(0);
    expect(answers()).toHaveLength(5);
    expect(answers().map(({ label }) => label)).toEqual(['pos', null, 'neg', expect.anything(), 'pos']);
    expect(answers()[1]!.refusal).toBe('the text is empty: there is nothing to judge');
    expect(stderr).toContain('of 5 lines could not be judged');
  });

  it('says that it knows no word of a text', async () => {
    const { code, stderr } = await cli(['sentiment', best(), 'Ωμέγα кино']);
    expect(code).toBe(0);
    expect(stderr).toContain('none of its 2 words is in the vocabulary');
  });

  it.each<[string, readonly string[], string | undefined, RegExp]>([
    ['an empty text', ['BEST', ''], undefined, /^flambeau: the text is empty: there is nothing to judge\n$/],
    ['an empty text among others', ['BEST', 'fine', ' '], undefined, /text 2 of 2: the text is empty/],
    ['empty standard input', ['BEST', '-'], '', /standard input holds no text/],
    ['standard input and a text', ['BEST', '-', 'fine'], 'x', /give no others beside it/],
    ['a checkpoint that is not there', ['nowhere.safetensors', 'fine'], undefined, /nowhere\.safetensors/],
  ])('refuses %s in one sentence', async (_, args, input, message) => {
    const { code, stdout, stderr } = await cli(
      ['sentiment', ...args.map((arg) => (arg === 'BEST' ? best() : arg))],
      input === undefined ? {} : { input },
    );
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('the recipe best', () => {
  it('keeps both branches in one file, which explains itself', async () => {
    const out = scratch.path('best');
    const result = await cli(train(out, '--recipe', 'best', '--vectors', 'random'));
    expect(result.code).toBe(0);
    const done = result.events().at(-1)!;
    expect(done.blend).toMatchObject({ cnn: expect.any(Number), wide: expect.any(Number) });
    expect(done.testAccuracy).toBeGreaterThan(0.9);
    const checkpoint = done.checkpoint as string;
    const { tensors } = await loadSafetensors(checkpoint);
    expect([...tensors.keys()].some((name) => name.startsWith('wide.'))).toBe(true);
    const { events: answers } = await cli(['sentiment', checkpoint, 'a superb film', '--json']);
    expect(answers()[0]).toMatchObject({ label: 'pos' });
    expect(JSON.stringify(answers()[0]!.ngrams)).toContain('"wide"');
  });
});

describe('without its data', () => {
  it('says in one sentence how to get IMDB', async () => {
    const { code, stdout, stderr } = await cli(['train', 'imdb', '--offline', '--out', scratch.path('none')]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^flambeau: IMDB is not on this machine and not to be downloaded: put aclImdb_v1\.tar\.gz into .* or into a folder named by --data-dir or FLAMBEAU_DATA\n$/,
    );
    expect(existsSync(scratch.path('none'))).toBe(false);
  });

  it('says how to get GloVe, or to do without', async () => {
    const only = scratch.path('only');
    await writeTinyImdb(only);
    const { code, stderr } = await cli(['train', 'imdb', '--data-dir', only, '--out', scratch.path('none')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/does not hold GloVe 6B.*; to train without pretrained vectors, say --vectors random\n$/);
  });

  it('names a damaged archive', async () => {
    const damaged = scratch.path('damaged');
    await writeTinyImdb(damaged);
    await truncate(`${damaged}/aclImdb_v1.tar.gz`, 900);
    const { code, stderr } = await cli(['train', 'imdb', '--data-dir', damaged, '--out', scratch.path('none')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^flambeau: .*aclImdb_v1\.tar\.gz is truncated: its gzip data ends early\n$/);
  });

  it('refuses --vectors for a task that has none', async () => {
    const { code, stderr } = await cli(['train', 'mnist', '--vectors', 'random', '--out', scratch.path('none')]);
    expect(code).toBe(1);
    expect(stderr).toContain('--vectors is no option of mnist, but of imdb');
  });
});
