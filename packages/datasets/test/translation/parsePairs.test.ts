import { DataError, type ParsePairsOptions, parsePairs } from '@flambeau/datasets';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const parse = (text: string, options?: ParsePairsOptions) => parsePairs(new TextEncoder().encode(text), options);

function failure(work: () => unknown): DataError {
  try {
    work();
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error('expected a DataError');
}

describe('parsePairs', () => {
  it('reads two columns, as they stand', () => {
    const { pairs, malformedLines } = parse('Go.\tVa !\nI\'m fine.\tÇa  va "bien".\n');
    expect(pairs).toEqual([
      { source: 'Go.', target: 'Va !' },
      { source: "I'm fine.", target: 'Ça  va "bien".' },
    ]);
    expect(malformedLines).toEqual([]);
  });

  it('passes over further columns, or takes the ones that are named', () => {
    const line = '1276\tLet’s try!\t5350\tEssayons !';
    expect(parse('Go.\tVa !\tCC-BY 2.0 (France) Attribution: tatoeba.org #1 & #2\t\n').pairs).toEqual([
      { source: 'Go.', target: 'Va !' },
    ]);
    expect(parse(line, { columns: [1, 3] }).pairs).toEqual([{ source: 'Let’s try!', target: 'Essayons !' }]);
    expect(parse(line, { columns: [3, 1] }).pairs).toEqual([{ source: 'Essayons !', target: 'Let’s try!' }]);
  });

  it('passes over a byte order mark, line ends of Windows, empty lines, a missing last line end', () => {
    expect(parse('\ufeffa\tb\r\n\r\n  \n c \t d').pairs).toEqual([
      { source: 'a', target: 'b' },
      { source: 'c', target: 'd' },
    ]);
  });

  it.each([
    [
      'a\tb\n\nonly one\nc\td\n',
      'pairs.tsv: line 3 is no sentence pair, it has 1 column, expected at least 2 separated by tabs',
    ],
    ['a\tb\n\td\n', 'pairs.tsv: line 2 is no sentence pair, its column 1 is empty, expected a sentence'],
    ['a\tb\nc\t \t\n', 'pairs.tsv: line 2 is no sentence pair, its column 2 is empty, expected a sentence'],
    [
      'x\ny\nz\na\tb',
      'pairs.tsv: line 1 is no sentence pair, it has 1 column, expected at least 2 separated by tabs (so are 2 more of its lines)',
    ],
  ])('names the first line without a pair: %j', (text, message) => {
    const error = failure(() => parse(text, { path: 'pairs.tsv' }));
    expect([error.message, error.code]).toEqual([message, 'wrong-format']);
  });

  it('gives the numbers of lines without a pair where they are to be skipped', () => {
    const { pairs, malformedLines } = parse('one\na\tb\n\n\tc\nd\te', { malformed: 'skip' });
    expect(pairs).toHaveLength(2);
    expect(malformedLines).toEqual([1, 4]);
  });

  it('refuses what holds no pair at all, skipping or not', () => {
    for (const text of ['', '\n\n', '\ufeff']) {
      expect(failure(() => parse(text)).message).toBe(
        'the file holds no sentence pair: expected two columns separated by a tab',
      );
    }
    expect(failure(() => parse('one\ntwo', { malformed: 'skip' })).message).toMatch(/holds no sentence pair/);
  });

  it('names the line that is no UTF-8', () => {
    const latin1 = Buffer.from('go\tva\nGo.\t\xc7a va\nx\ty', 'latin1');
    expect(failure(() => parsePairs(latin1)).message).toBe('the file: line 2 is no UTF-8, expected text in UTF-8');
    expect(failure(() => parsePairs(Buffer.from('a\tb\nc\t\xff', 'latin1'))).message).toMatch(/line 2 is no UTF-8/);
  });

  it.each([[[0, 0]], [[-1, 0]], [[0.5, 1]], [[0]]])('refuses columns %j', (columns) => {
    expect(failure(() => parse('a\tb', { columns: columns as [number, number] })).code).toBe('bad-argument');
  });

  it('gives back what was written, whatever the sentences', () => {
    const sentence = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((text) => !/[\t\n\r]/.test(text) && text.trim() === text && !/\p{Surrogate}/u.test(text));
    fc.assert(
      fc.property(fc.array(fc.record({ source: sentence, target: sentence }), { minLength: 1 }), (pairs) => {
        // A file that begins with a byte order mark loses it: that is what it is there for.
        fc.pre(!pairs[0].source.startsWith('\ufeff'));
        expect(parse(pairs.map(({ source, target }) => `${source}\t${target}`).join('\n')).pairs).toEqual(pairs);
      }),
    );
  });
});
