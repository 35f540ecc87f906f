import { expect, test } from 'vitest';
import { formatTable } from '../../src/report/table.ts';

test('is Markdown that also reads well as text', () => {
  const table = formatTable(
    [{ title: 'op' }, { title: 'time', align: 'right' }],
    [
      ['conv1', '686 µs'],
      ['square', '2.84 ms'],
    ],
  );
  expect(table.split('\n')).toEqual([
    '| op     |    time |',
    '| ---    |     --: |',
    '| conv1  |  686 µs |',
    '| square | 2.84 ms |',
  ]);
});

test('a bar in a cell does not end it', () => {
  expect(formatTable([{ title: 'a' }], [['x|y']])).toContain('x\\|y');
});

test('a row with too few cells is refused', () => {
  expect(() => formatTable([{ title: 'a' }, { title: 'b' }], [['x']])).toThrow('expected 2 cells a row, got 1 (x)');
});
