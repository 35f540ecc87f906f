import { cpSync, existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { loadSafetensors, saveSafetensors } from '@flambeau/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli, scratchFolder } from '../runCli.ts';

const scratch = scratchFolder();
const settings = ['--backend', 'simd', '--threads', '1', '--json'];
const args = ['train', 'reverse', '--limit', '320', '--epochs', '3', '--seed', '4', ...settings];
const run = () => scratch.path('run');
const checkpoint = (folder = run()) => `${folder}/weights/last.safetensors`;
const translate = (texts: string[], more: string[] = ['--json'], input?: string) =>
  runCli(['translate', checkpoint(), ...texts, '--backend', 'simd', '--threads', '1', ...more], { input });

let trained: CliResult;
beforeAll(async () => {
  trained = await runCli([...args, '--out', run()]);
}, 120_000);

/** The rows without their time. */
const rows = async (folder: string) =>
  (await readFile(`${folder}/results.csv`, 'utf8'))
    .split('\n')
    .map((row) => row.split(',').filter((_, column) => column !== 2));

describe('train reverse', () => {
  it('tells its story in events', () => {
    expect(trained.stderr).toContain('320 training, 320 validation pairs, 320 test sources');
    expect(trained.code).toBe(0);
    const events = trained.events();
    expect(events.map(({ event }) => event)).toEqual(['start', 'epoch', 'epoch', 'epoch', 'done']);
    expect(events[0]).toMatchObject({
      task: 'reverse',
      model: 'Seq2Seq',
      attention: 'bahdanau',
      recipe: 'reverse',
      trainExamples: 320,
      validationExamples: 320,
      testExamples: 320,
      dataSource: 'made',
      runDir: run(),
    });
    expect(events[3]).toMatchObject({ epoch: 2, step: 15 });
    for (const name of ['trainLoss', 'validationLoss', 'validationAccuracy', 'seconds']) {
      expect(events[3]![name]).toBeGreaterThan(0);
    }
    expect(events[3]!.trainLoss).toBeLessThan(events[1]!.trainLoss as number);
    expect(events[4]).toMatchObject({ epochs: 3, checkpoint: checkpoint() });
    for (const name of ['testAccuracy', 'testTokenAccuracy', 'testBleu', 'testChrf']) {
      expect(events[4]![name]).toBeGreaterThanOrEqual(0);
    }
    const byLength = events[4]!.byLength as { from: number; count: number }[];
    expect([byLength[0]!.from, byLength.at(-1)!.from]).toEqual([5, 30]);
    expect(byLength.reduce((sum, { count }) => sum + count, 0)).toBe(320);
  });

  it('keeps weights, vocabularies, figures, translations and pictures in its folder', async () => {
    expect((await readFile(`${run()}/results.csv`, 'utf8')).split('\n')[0]).toBe(
      'epoch,step,seconds,train/loss,train/accuracy,val/loss,val/accuracy,lr',
    );
    expect(await rows(run())).toHaveLength(5);
    const translations = (await readFile(`${run()}/translations.tsv`, 'utf8')).split('\n');
    expect(translations).toHaveLength(322);
    const [source, , expected] = translations[1]!.split('\t');
    expect(source!.split(' ').reverse().join(' ')).toBe(expected);
    for (const name of ['curves.png', 'accuracy-by-length.svg', 'alignment.svg', 'vocabulary/target.json']) {
      expect(existsSync(`${run()}/${name}`)).toBe(true);
    }
    const { tensors, metadata } = await loadSafetensors(checkpoint());
    expect([...tensors.keys()]).toContain('encoder.gru.weight_ih_l0');
    expect([metadata.get('task'), metadata.get('format')]).toEqual(['reverse', 'pt']);
  });

  it('ends as it would have where it is interrupted and resumed', async () => {
    const cut = scratch.path('cut');
    const first = await runCli([...args, '--out', cut], {
      onOutput: (stdout, kill) => {
        if (stdout.includes('"event":"epoch"')) kill('SIGINT');
      },
    });
    expect(first.code).toBe(130);
    expect(first.stderr).toMatch(/go on with: .* train reverse --resume .*cut\n/);
    const second = await runCli(['train', 'reverse', '--resume', cut, '--json']);
    expect(second.code).toBe(0);
    for (const name of ['last', 'best']) {
      const { tensors } = await loadSafetensors(`${cut}/weights/${name}.safetensors`);
      expect(tensors).toEqual((await loadSafetensors(`${run()}/weights/${name}.safetensors`)).tensors);
    }
    expect(await rows(cut)).toEqual(await rows(run()));
    const { runDir: _, checkpoint: _checkpoint, plots: _plots, ...result } = trained.events().at(-1)!;
    expect(second.events().at(-1)).toMatchObject(result);
  }, 180_000);

  it('stays the run that it is', async () => {
    const { code, stderr } = await runCli(['train', 'reverse', '--resume', run(), '--attention', 'none']);
    expect(code).toBe(1);
    expect(stderr).toContain('--attention none would make');
  });
});

describe('evaluate', () => {
  it('finds what the run found', async () => {
    const { code, events } = await runCli(['evaluate', checkpoint(), ...settings]);
    expect(code).toBe(0);
    const done = trained.events().at(-1)!;
    // The run's test set was limited, as its training was; a checkpoint is tested on all of it.
    expect(events()[0]).toMatchObject({
      event: 'evaluation',
      task: 'reverse',
      attention: 'bahdanau',
      testExamples: 2000,
    });
    expect(events()[0]!.bleuSignature).toBe(done.bleuSignature);
  });
});

describe('translate', () => {
  it('answers each text with its tokens and where it looked', async () => {
    const { code, events } = await translate(['a b c d e', 'f g']);
    expect(code).toBe(0);
    const [first, second] = events();
    expect(first).toMatchObject({ event: 'translation', text: 'a b c d e', unknownWords: [] });
    expect(first!.source).toEqual(['a', 'b', 'c', 'd', 'e', '<eos>']);
    const attention = first!.attention as number[][];
    expect(attention).toHaveLength((first!.target as string[]).length);
    for (const row of attention) {
      expect(row).toHaveLength(6);
      expect(row.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 4);
    }
    expect(second!.text).toBe('f g');
  });

  it('draws for people: a matrix in the terminal, without escape codes in a pipe, and as SVG', async () => {
    const svg = scratch.path('out.svg');
    const { code, stdout } = await translate(['a b c d e', 'f g h i j'], ['--svg', svg, '--beam', '3']);
    expect(code).toBe(0);
    expect(stdout).not.toContain(String.fromCharCode(27));
    expect(stdout).toMatch(/a b c d e >/);
    expect(stdout).toMatch(/\d+% \S/);
    expect(existsSync(svg)).toBe(false);
    expect(await readFile(scratch.path('out-2.svg'), 'utf8')).toContain('>f g h i j</text>');
  });

  it('reads one text a line', async () => {
    const { events } = await translate(['-'], ['--json'], 'a b c\r\n\nb c');
    expect(events().map(({ text }) => text)).toEqual(['a b c', '', 'b c']);
    const { stdout } = await translate(['-'], [], 'a b c\n\nb c\n');
    expect(stdout.split('\n')).toHaveLength(4);
    expect(stdout.split('\n')[1]).toBe('');
  });

  it('has an answer for nothing, for unknown words, and for 500 tokens', async () => {
    const { code, events, stderr } = await translate(['', 'a ? b', 'a '.repeat(500)]);
    expect(code).toBe(0);
    expect(stderr).toContain('nothing to translate in "": there is no word in it');
    expect(stderr).toContain('not in the vocabulary: "?"');
    const [nothing, unknown, long] = events();
    expect(nothing).toMatchObject({ translation: '', target: [], attention: null, finished: true });
    expect(unknown).toMatchObject({ unknownWords: ['?'], source: ['a', '<unk>', 'b', '<eos>'] });
    expect(long!.source).toHaveLength(501);
  });

  it('refuses what goes together with nothing', async () => {
    for (const [texts, more, message] of [
      [['-', 'a'], [], /'-' reads texts from standard input/],
      [['-'], ['--svg', 'x.svg'], /--svg draws texts of the command line/],
    ] as const) {
      const { code, stderr } = await translate([...texts], [...more], '');
      expect(code).toBe(1);
      expect(stderr).toMatch(message);
    }
  });
});

describe('a checkpoint', () => {
  const other = (name: string) => {
    cpSync(run(), scratch.path(name), { recursive: true });
    return scratch.path(name);
  };
  const refusal = async (folder: string, ...more: string[]) => {
    const { code, stdout, stderr } = await runCli([
      'translate',
      checkpoint(folder),
      'a b',
      '--backend',
      'cpu',
      ...more,
    ]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    return stderr;
  };

  it('without its vocabularies is refused, and takes them from where it is told', async () => {
    const folder = other('moved');
    await rm(`${folder}/vocabulary`, { recursive: true });
    expect(await refusal(folder)).toMatch(/moved\/vocabulary\/source\.json can't be read: it is not there/);
    const { code } = await runCli([
      ...['translate', checkpoint(folder), 'a b', '--backend', 'cpu', '--vocabulary', `${run()}/vocabulary`],
    ]);
    expect(code).toBe(0);
  });

  it('takes no vocabulary that is not its own, not even one of the same size', async () => {
    const folder = other('swapped');
    const file = `${folder}/vocabulary/target.json`;
    const vocabulary = JSON.parse(await readFile(file, 'utf8')) as { words: string[] };
    const words = [...vocabulary.words];
    [words[3], words[4]] = [words[4]!, words[3]!];
    await writeFile(file, JSON.stringify({ ...vocabulary, words }));
    expect(await refusal(folder)).toMatch(
      /target\.json is not the vocabulary of .*last\.safetensors: expected the one with fingerprint \w{16}, got \w{16}/,
    );
    await writeFile(file, '{"format":');
    expect(await refusal(folder)).toMatch(/target\.json is damaged: it is no JSON/);
  });

  it('whose metadata are damaged is refused by name', async () => {
    const folder = other('damaged');
    const { tensors, metadata } = await loadSafetensors(checkpoint(folder));
    const config = JSON.parse(metadata.get('config')!) as object;
    const save = (change: Record<string, string>) =>
      saveSafetensors(checkpoint(folder), tensors, { ...Object.fromEntries(metadata), ...change });
    await save({ config: JSON.stringify({ ...config, hiddenSize: 1e12 }) });
    expect(await refusal(folder)).toMatch(/last\.safetensors is damaged: config in its metadata .*hiddenSize/);
    await save({ config: JSON.stringify({ ...config, hiddenSize: 32 }) });
    expect(await refusal(folder)).toMatch(/last\.safetensors: .*encoder/);
    await save({ data: '[]' });
    expect(await refusal(folder)).toMatch(/data in its metadata/);
  });

  it('of another kind is told from a translator', async () => {
    const folder = other('plain');
    const { tensors } = await loadSafetensors(checkpoint(folder));
    await saveSafetensors(checkpoint(folder), tensors, { task: 'fashion-mnist' });
    expect(await refusal(folder)).toMatch(/is no sequence to sequence model: it was trained on fashion-mnist/);
  });
});
