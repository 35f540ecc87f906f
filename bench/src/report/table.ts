import Table from 'cli-table3';

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly align?: 'left' | 'right';
}

/** A table in Markdown that also reads well in a terminal: one form for the screen and for the README. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const wrong = rows.find((row) => row.length !== columns.length);
  if (wrong)
    throw new RangeError(`table: expected ${columns.length} cells a row, got ${wrong.length} (${wrong.join(', ')})`);
  const empty = '';
  const table = new Table({
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [] },
    chars: {
      top: empty,
      'top-mid': empty,
      'top-left': empty,
      'top-right': empty,
      bottom: empty,
      'bottom-mid': empty,
      'bottom-left': empty,
      'bottom-right': empty,
      left: '|',
      'left-mid': empty,
      mid: empty,
      'mid-mid': empty,
      right: '|',
      'right-mid': empty,
      middle: '|',
    },
  });
  const rule = columns.map(({ align }) => (align === 'right' ? '--:' : '---'));
  // A bar inside a cell would end it in Markdown.
  table.push(
    ...[columns.map(({ title }) => title), rule, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|'))),
  );
  return table.toString();
}
