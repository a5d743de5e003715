import type { PageRows } from '../../../src/core/list/page.js';

/** The cursors of the rows of a page. */
export function cursorsOf<Row>({ rows, cursorOf }: PageRows<Row>): string[] {
  return rows.map(cursorOf);
}
