import { type Html, type HtmlValue, markup } from '../../../../server/html.js';

/** A column: its heading, what stands in it, and how it is set. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => HtmlValue;
  readonly kind?: 'time' | 'number' | 'word' | 'actions';
}

/** A section with a table, or with a word where it has no rows. On narrow screens each row is a card. */
export function tableSection<Row>(
  id: string,
  heading: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Html {
  return markup`<section aria-labelledby="${id}">
<h2 id="${id}">${heading} <small>${rows.length}</small></h2>
${rows.length === 0 ? markup`<p class="empty">None.</p>` : table(columns, rows)}
</section>
`;
}

function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Html {
  return markup`<table>
<thead><tr>${columns.map(({ heading }) => markup`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => markup`<tr>${columns.map((column) => cellOf(column, row))}</tr>\n`)}</tbody>
</table>`;
}

function cellOf<Row>({ heading, cell, kind }: Column<Row>, row: Row): Html {
  const content = kind === 'actions' ? markup`<div>${cell(row)}</div>` : markup`<span>${cell(row)}</span>`;
  return markup`<td${kind && markup` class="${kind}"`} data-label="${heading}">${content}</td>`;
}
