import { type Html, markup } from '../../../../server/html.js';
import { localText } from '../days.js';
import type { Nested, nestedPending, nestedRunning } from '../nested.js';
import { link, type PageContent, type PageView } from './layout.js';
import { type Column, tableSection } from './table.js';

type Rows<Source> = Source extends Nested<infer Row> ? Row : never;
type Located<Row> = Row & { readonly short: string; readonly revisionKey: string };

/** The page of `/pending`. */
export function pendingPage(view: PageView, nested: ReturnType<typeof nestedPending>, now: number): PageContent {
  type Row = Located<Rows<ReturnType<typeof nestedPending>>>;
  const columns: Column<Row>[] = [
    { heading: 'Revision', kind: 'word', cell: (row) => revisionLink(view, row) },
    { heading: 'Builder', cell: (row) => builderLink(view, row, 'request', row.id, row.buildername) },
    { heading: 'Submitted', kind: 'time', cell: (row) => localText(row.submitted_at, view.timeZone) },
    { heading: 'Waiting for', kind: 'time', cell: (row) => duration(now - row.submitted_at) },
  ];
  return nestedPage(view, 'Pending', nested, columns);
}

/** The page of `/running`. */
export function runningPage(view: PageView, nested: ReturnType<typeof nestedRunning>, now: number): PageContent {
  type Row = Located<Rows<ReturnType<typeof nestedRunning>>>;
  const columns: Column<Row>[] = [
    { heading: 'Revision', kind: 'word', cell: (row) => revisionLink(view, row) },
    { heading: 'Builder', cell: (row) => builderLink(view, row, 'build', row.id, row.buildername) },
    { heading: 'Submitted', kind: 'time', cell: (row) => localText(row.submitted_at, view.timeZone) },
    { heading: 'Running since', kind: 'time', cell: (row) => localText(row.start_time, view.timeZone) },
    { heading: 'Running for', kind: 'time', cell: (row) => duration(now - row.start_time) },
    { heading: 'Master', cell: (row) => row.claimed_by_name },
  ];
  return nestedPage(view, 'Running', nested, columns);
}

function nestedPage<Row>(
  view: PageView,
  title: string,
  nested: Nested<Row>,
  columns: readonly Column<Located<Row>>[],
): PageContent {
  const branches = Object.entries(nested).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const sections = branches.map(([short, revisions], index) => {
    const rows = Object.entries(revisions).flatMap(([revisionKey, list]) =>
      list.map((row) => ({ ...row, short, revisionKey })),
    );
    return tableSection(`branch-${index}`, short, columns, rows);
  });
  return {
    title,
    main: markup`<h1>${title}</h1>
${sections.length === 0 ? markup`<p class="empty">None.</p>` : sections}<p class="muted">Times: ${view.timeZone}.</p>`,
  };
}

/** Requests on no known branch have no page to lead to. */
const UNKNOWN = 'Unknown';

function revisionLink(view: PageView, { short, revisionKey }: Located<object>): Html {
  const text = markup`<code>${revisionKey.slice(0, 12)}</code>`;
  if (short === UNKNOWN || revisionKey === UNKNOWN) return text;
  return markup`<a href="${link(view.base, short, 'rev', revisionKey)}">${text}</a>`;
}

function builderLink(view: PageView, { short }: Located<object>, kind: string, id: number, builder: string): Html {
  if (short === UNKNOWN) return markup`${builder}`;
  return markup`<a href="${link(view.base, short, kind, id)}">${builder}</a>`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A span of seconds in its two largest units: `2 d 3 h`. */
export function duration(span: number): string {
  const left = Math.max(0, span);
  const first = Math.max(
    0,
    UNITS.findIndex(([, size]) => left >= size),
  );
  const parts = UNITS.slice(left === 0 ? UNITS.length - 1 : first).slice(0, 2);
  let rest = left;
  return parts
    .map(([name, size]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return `${count} ${name}`;
    })
    .join(' ');
}
