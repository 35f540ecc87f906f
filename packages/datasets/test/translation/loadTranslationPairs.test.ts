import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, translation } from '@flambeau/datasets';
import { loadPairFile, loadTranslationPairs } from '@flambeau/datasets/node';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { newFolder } from '../support/sandbox.ts';

function written(name: string, contents: string | Uint8Array): string {
  const folder = newFolder();
  writeFileSync(join(folder, name), contents);
  return join(folder, name);
}

async function failure(work: Promise<unknown>): Promise<DataError> {
  const error = await work.then(
    () => new Error('expected a DataError'),
    (error: unknown) => error,
  );
  if (error instanceof DataError) return error;
  throw error;
}

describe('loadPairFile', () => {
  const lines = "I'm cold.\tIch friere.\tCC-BY\nWait!\tWarte!\tCC-BY\n";

  it('reads a file of one’s own from its first column to its second, without the tutorial’s beginnings', async () => {
    const path = written('deu.txt', lines);
    const loaded = await loadPairFile(path, { languages: ['eng', 'deu'] });
    expect(loaded.pairs).toEqual([
      { source: 'i m cold', target: 'ich friere' },
      { source: 'wait !', target: 'warte !' },
    ]);
    expect(loaded).toMatchObject({ languages: { source: 'eng', target: 'deu' }, pairsInFile: 2, malformedLines: [] });
    expect(loaded.source).toMatchObject({ kind: 'data-dir', path, isComplete: true, sentence: `2 pairs of ${path}.` });
    expect(loaded.source.checksums['deu.txt']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('or the other way', async () => {
    const { pairs, languages } = await loadPairFile(written('deu.txt', lines), {
      languages: ['eng', 'deu'],
      reverse: true,
      normalize: false,
    });
    expect(pairs[1]).toEqual({ source: 'Warte!', target: 'Wait!' });
    expect(languages).toEqual({ source: 'deu', target: 'eng' });
  });

  it('says which lines it passed over', async () => {
    const path = written('bad.txt', `oh\n${lines}no\n`);
    expect((await failure(loadPairFile(path))).message).toMatch(/bad\.txt: line 1 is no sentence pair/);
    const { malformedLines, source } = await loadPairFile(path, { malformed: 'skip' });
    expect(malformedLines).toEqual([1, 4]);
    expect(source.sentence).toBe(`2 pairs of ${path}, without 2 lines that hold none (1, 4).`);
  });

  it('names a file that is not there', async () => {
    const error = await failure(loadPairFile('/nowhere/pairs.tsv'));
    expect([error.code, error.message]).toEqual(['unreadable', expect.stringContaining('/nowhere/pairs.tsv can')]);
  });
});

describe('loadTranslationPairs', () => {
  it('takes no other file for the tutorial’s', async () => {
    const archive = zipSync({ 'data/eng-fra.txt': Buffer.from('Go.\tVa !\n') });
    const path = written('data.zip', archive);
    const error = await failure(loadTranslationPairs({ dataDir: join(path, '..') }));
    expect([error.code, error.message]).toEqual(['truncated', expect.stringContaining('9,541,158 bytes')]);
  });

  it('says how to get them where they can’t be downloaded', async () => {
    const options = { cacheDir: newFolder(), systemDirs: [], download: false };
    expect((await failure(loadTranslationPairs(options))).message).toBe(
      'English–French pairs is not on this machine and not to be downloaded: put data.zip into ' +
        `${join(options.cacheDir, translation.name)} or into a folder named by --data-dir or FLAMBEAU_DATA`,
    );
  });
});
