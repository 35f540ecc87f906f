import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli, scratchFolder } from '../runCli.ts';

const scratch = scratchFolder();
const settings = ['--backend', 'simd', '--threads', '1', '--json'];

const subjects = [
  ['Je suis', 'I am'],
  ['Tu es', 'You are'],
  ['Il est', 'He is'],
  ['Elle est', 'She is'],
  ['Nous sommes', 'We are'],
] as const;
const adjectives = [
  ['malade', 'ill'],
  ['fatigué', 'tired'],
  ['prêt', 'ready'],
  ['jeune', 'young'],
  ['riche', 'rich'],
  ['pauvre', 'poor'],
] as const;
const adverbs = [
  ['', ''],
  [' très', ' very'],
  [' trop', ' too'],
  [' encore', ' still'],
] as const;

/** 120 sentences: English, French, a licence. */
const lines = subjects.flatMap(([je, i]) =>
  adverbs.flatMap(([tres, very]) =>
    adjectives.map(([malade, ill]) => `${i}${very} ${ill}.\t${je}${tres} ${malade}.\tCC0`),
  ),
);

describe('train translation', () => {
  let trained: CliResult;
  const run = () => scratch.path('run');
  const checkpoint = () => `${run()}/weights/last.safetensors`;
  beforeAll(async () => {
    await writeFile(scratch.path('pairs.tsv'), lines.join('\n'));
    const data = ['--pairs', scratch.path('pairs.tsv'), '--columns', '2,1'];
    trained = await runCli([
      ...['train', 'translation', ...data, '--lr', '0.005', '--batch-size', '16', '--epochs', '25', ...settings],
      ...['--out', run()],
    ]);
  }, 120_000);

  it('learns from a file of one’s own, and is tested on sentences that it has not seen', async () => {
    expect(trained.stderr).toContain('120 pairs of');
    expect(trained.code).toBe(0);
    const [start, ...events] = trained.events();
    expect(start).toMatchObject({ task: 'translation', recipe: 'notes', trainExamples: 96, testExamples: 12 });
    expect(events.at(-1)!.testBleu).toBeGreaterThan(60);
    expect(events.at(-1)!.testAccuracy).toBeGreaterThan(0.5);
    const tested = (await readFile(`${run()}/translations.tsv`, 'utf8')).split('\n').slice(1, -1);
    expect(tested[0]!.split('\t')[0]).toMatch(/^(je|tu|il|elle|nous) /);
  });

  it('makes a checkpoint that translates on its own', async () => {
    const { code, events, stderr } = await runCli(['translate', checkpoint(), 'Elle est très MALADE !', ...settings]);
    expect(code).toBe(0);
    expect(events()[0]!.source).toEqual(['elle', 'est', 'tres', 'malade', '<eos>']);
    expect(events()[0]!.translation).toMatch(/^she is/);
    // The recipe's vocabulary has no word for those that it does not know: they are left out, and named.
    expect(stderr).toContain('not in the vocabulary: "!"');
  });

  it('is evaluated on the same test sentences', async () => {
    const { events } = await runCli(['evaluate', checkpoint(), ...settings]);
    const { testBleu, testAccuracy, byLength } = trained.events().at(-1)!;
    expect(events()[0]).toMatchObject({ testExamples: 12, testBleu, testAccuracy, byLength });
  });

  it('does not go on where the pairs have changed', async () => {
    await writeFile(scratch.path('pairs.tsv'), lines.slice(1).join('\n'));
    const { code, stderr } = await runCli(['train', 'translation', '--resume', run(), '--epochs', '30', '--json']);
    expect(code).toBe(1);
    expect(stderr).toContain('was begun with other data (pairs.tsv differ)');
  });
});

describe('train translation refuses', () => {
  it.each([
    ['a file that is not there', ['--pairs', '/nowhere.tsv'], /\/nowhere\.tsv can't be read/],
    ['a file with a line that is no pair', ['--pairs', 'BAD'], /bad\.tsv: line 2 is no sentence pair, it has 1 column/],
    [
      'a file of which nothing is left',
      ['--pairs', 'LONG'],
      /of long\.tsv no pair is left: both sides must have fewer than 10 words/,
    ],
    ['a file of too few sentences', ['--pairs', 'FEW'], /expected enough source sentences to split/],
    [
      'a data folder without the pairs',
      ['--data-dir', 'FOLDER'],
      /does not hold English–French pairs: expected eng-fra\.txt/,
    ],
  ])('%s', async (_, args, message) => {
    const files: Record<string, string> = {
      BAD: 'a\tb\nno pair\n',
      LONG: `${'so '.repeat(12)}\tx\n`,
      FEW: 'a\tb\na\tc\n',
    };
    const given = await Promise.all(
      args.map(async (arg) => {
        if (arg === 'FOLDER') return scratch.path();
        if (files[arg] === undefined) return arg;
        const path = scratch.path(`${arg.toLowerCase()}.tsv`);
        await writeFile(path, files[arg]);
        return path;
      }),
    );
    const { code, stdout, stderr } = await runCli([
      'train',
      'translation',
      ...given,
      '--backend',
      'cpu',
      '--out',
      scratch.path('no'),
    ]);
    expect([code, stdout]).toEqual([1, expect.not.stringContaining('epoch')]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
  });

  it('options of translation for other tasks', async () => {
    const { code, stderr } = await runCli(['train', 'mnist', '--attention', 'none']);
    expect(code).toBe(1);
    expect(stderr).toContain('--attention is no option of mnist, but of translation, reverse, copy, sort, dates');
  });
});
