/** Title of a column, and what a row shows there. */
export type TextColumn<Row> = readonly [title: string, cell: (row: Row) => string];

/**
 * Rows below their titles, each on a line of its own.
 * @param numbers how many of the first columns are numbers, whose ends stand below each other
 */
export function textTable<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[], numbers = 1): string {
  const lines = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  const pad = (cell: string, column: number): string =>
    column < numbers ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  return lines.map((cells) => `${cells.map(pad).join('  ').trimEnd()}\n`).join('');
}
