import Table from 'cli-table3';

/** A plain table: a line under the head, numbers to the right. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [] }: { right?: readonly number[] } = {},
): string {
  const empty = '';
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: {
      top: empty,
      'top-mid': empty,
      'top-left': empty,
      'top-right': empty,
      bottom: empty,
      'bottom-mid': empty,
      'bottom-left': empty,
      'bottom-right': empty,
      left: empty,
      'left-mid': empty,
      mid: empty,
      'mid-mid': empty,
      right: empty,
      'right-mid': empty,
      middle: empty,
    },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
