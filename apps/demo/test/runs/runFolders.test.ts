import { chmod, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { loadSafetensors } from '@flambeau/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli, scratchFolder } from '../runCli.ts';

const scratch = scratchFolder();
const small = ['--limit', '200', '--backend', 'simd', '--threads', '1', '--offline', '--json'];
const train = (epochs: number, out: string) => [
  'train',
  'fashion-mnist',
  '--epochs',
  `${epochs}`,
  ...small,
  '--out',
  scratch.path(out),
];
const resume = (run: string, ...args: string[]) => [
  'train',
  'fashion-mnist',
  '--resume',
  scratch.path(run),
  '--json',
  ...args,
];

/** All files of a run, by name. */
async function files(run: string): Promise<Record<string, string>> {
  const names = (await readdir(scratch.path(run), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const read = names.map(async ({ name, parentPath }) => [
    name,
    (await readFile(`${parentPath}/${name}`)).toString('hex'),
  ]);
  return Object.fromEntries(await Promise.all(read)) as Record<string, string>;
}

const expectOneSentence = (stderr: string, message: string) => {
  const lines = stderr
    .trimEnd()
    .split('\n')
    .filter((line) => line.startsWith('flambeau:'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(message);
  expect(stderr).not.toMatch(/\n\s+at /);
};

describe('a run folder that is damaged', () => {
  beforeAll(async () => {
    await runCli(train(1, 'run'));
  });

  it.each<[string, string, (text: Buffer) => Buffer | string, string]>([
    [
      'a config that is cut off',
      'config.json',
      (text) => text.subarray(0, 50),
      'config.json is damaged: it is no JSON',
    ],
    ['a config of a list', 'config.json', () => '[]', 'config.json is damaged'],
    [
      'a config without its seed',
      'config.json',
      (text) => String(text).replace('"seed"', '"sead"'),
      'config.json is damaged: it lacks seed',
    ],
    [
      'a config with half an epoch',
      'config.json',
      (text) => String(text).replace('"epochs": 1', '"epochs": 0.5'),
      'config.json is damaged: epochs is 0.5',
    ],
    [
      'a state that is cut off',
      'resume.safetensors',
      (bytes) => bytes.subarray(0, 1000),
      'resume.safetensors: the header',
    ],
    [
      'a state whose numbers are spoiled',
      'resume.safetensors',
      (bytes) => Buffer.from(String(bytes.toString('latin1')).replace('\\"epoch\\":1', '\\"epoch\\":x'), 'latin1'),
      "resume.safetensors is damaged or of another run: the state's numbers are no JSON",
    ],
  ])('by %s is refused in one sentence, and left as it is', async (_, file, damage, message) => {
    const path = scratch.path('run', file);
    const sound = await readFile(path);
    await writeFile(path, damage(sound));
    const before = await files('run');
    const { code, stdout, stderr } = await runCli(resume('run', '--epochs', '2'));
    expect([code, stdout]).toEqual([1, '']);
    expectOneSentence(stderr, message);
    expect(await files('run')).toEqual(before);
    await writeFile(path, sound);
  });

  it('by rows and events that were cut off is mended when it goes on', async () => {
    const csv = scratch.path('run', 'results.csv');
    await writeFile(csv, `${await readFile(csv, 'utf8')}1,4,0.01,2.1`);
    const jsonl = scratch.path('run', 'events.jsonl');
    await writeFile(jsonl, `${await readFile(jsonl, 'utf8')}{"time":"2026","event":"epo`);
    const orphan = scratch.path(
      'run',
      'weights',
      `last.safetensors.${2 ** 30}.00000000-0000-4000-8000-000000000000.tmp`,
    );
    await writeFile(orphan, 'half');
    const then = Date.now() / 1000 - 3600;
    await utimes(orphan, then, then);
    const { code } = await runCli(resume('run', '--epochs', '2'));
    expect(code).toBe(0);
    const rows = (await readFile(csv, 'utf8')).trimEnd().split('\n');
    expect(rows.map((row) => row.split(',')[0])).toEqual(['epoch', '0', '1']);
    const events = (await readFile(jsonl, 'utf8')).trimEnd().split('\n');
    expect(events.map((line) => JSON.parse(line).event)).toEqual(['start', 'epoch', 'done', 'start', 'epoch', 'done']);
    expect((await readdir(scratch.path('run', 'weights'))).sort()).toEqual(['best.safetensors', 'last.safetensors']);
  });
});

describe('a disk that is full', () => {
  it('ends the run in one sentence, and what was kept goes on as if nothing had been', async () => {
    await runCli(train(3, 'whole'));
    await runCli(train(1, 'full'));
    const before = await loadSafetensors(scratch.path('full', 'resume.safetensors'));
    // Room for weights, none for the state.
    const { code, stderr } = await runCli(resume('full', '--epochs', '3'), { fileLimit: 300 });
    expect(code).toBe(1);
    expectOneSentence(stderr, 'resume.safetensors could not be written and is as it was: the disk is full (EFBIG)');
    expect(await loadSafetensors(scratch.path('full', 'resume.safetensors'))).toEqual(before);
    expect((await runCli(resume('full'))).code).toBe(0);
    for (const name of ['last', 'best']) {
      const weights = async (run: string) =>
        (await loadSafetensors(scratch.path(run, 'weights', `${name}.safetensors`))).tensors;
      expect(await weights('full')).toEqual(await weights('whole'));
    }
  });
});

describe('an output folder that can not be made', () => {
  it.each([
    ['a file', 'file', /--out .*file is a file or lies in one, expected a new or empty folder/],
    ['in a file', 'file/run', /--out .*run is a file or lies in one/],
  ])('because it is %s is one sentence', async (_, out, message) => {
    await writeFile(scratch.path('file'), '');
    const { code, stdout, stderr } = await runCli(train(1, out));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expectOneSentence(stderr, '');
  });
});

describe('a folder that is read-only', () => {
  it('is one sentence where a run shall be begun in it, before anything is trained', async () => {
    const locked = scratch.path('locked');
    await mkdir(locked, { mode: 0o555 });
    await chmod(scratch.path('.'), 0o755);
    const { code, stdout, stderr } = await runCli(train(1, 'locked/run'), { asNobody: true });
    expect([code, stdout]).toEqual([1, '']);
    expectOneSentence(stderr, `locked/run can't be made: ${locked} can't be written to (EACCES)`);
  });

  it('is one sentence where a run goes on in it, and leaves the run as it was', async () => {
    await runCli(train(1, 'kept'));
    const folders = [scratch.path('kept'), scratch.path('kept', 'weights')];
    await chmod(scratch.path('.'), 0o755);
    for (const folder of folders) await chmod(folder, 0o555);
    const before = await files('kept');
    const { code, stderr } = await runCli(resume('kept', '--epochs', '2'), { asNobody: true });
    expect(code).toBe(1);
    expectOneSentence(
      stderr,
      "config.json could not be written and is as it was: its folder can't be written to (EACCES)",
    );
    expect(await files('kept')).toEqual(before);
    for (const folder of folders) await chmod(folder, 0o755);
  });
});

describe('--quiet', () => {
  it('prints the result and nothing else', async () => {
    const args = train(1, 'quiet').filter((arg) => arg !== '--json');
    const { code, stdout, stderr } = await runCli([...args, '--quiet']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toMatch(/^epoch/m);
    expect(stdout).toContain('test accuracy');
  });
});
