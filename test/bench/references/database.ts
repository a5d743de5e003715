// Prepared statements of the old pages on both databases.
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import {
  BUILD_COLUMNS,
  EVENT_COLUMNS,
  type BuildRow,
  type CountRow,
  type DependencyRow,
  type EventPage,
  type EventRow,
  type PageRequest,
} from './legacy.ts';

/** Reads a page; SQLite answers at once, and nobody waits for what is there. */
export type ReadPage = (request: PageRequest) => EventPage | Promise<EventPage>;

const TOTAL = 'SELECT sum(total) AS total FROM state_count WHERE system = 1 AND kind = 1';
const counts = (ids: string): string =>
  `SELECT event_id, state, count(*) AS total FROM build WHERE event_id ${ids} GROUP BY event_id, state`;
const builds = (ids: string): string =>
  `SELECT ${BUILD_COLUMNS} FROM build b LEFT JOIN build d ON d.id = b.freshmaker_depends_on_id
    WHERE b.event_id ${ids} ORDER BY b.id`;
const dependsOn = (ids: string): string =>
  `SELECT event_id AS id, depends_on_id AS other FROM freshmaker_event_dependency
    WHERE event_id ${ids} ORDER BY position`;
const depending = (ids: string): string =>
  `SELECT depends_on_id AS id, event_id AS other FROM freshmaker_event_dependency
    WHERE depends_on_id ${ids} ORDER BY event_id`;

/** A pool as wide as the gateway's, with 64-bit integers as numbers. */
export function openPool(url: string): pg.Pool {
  pg.types.setTypeParser(20, Number);
  pg.types.setTypeParser(1700, Number);
  return new pg.Pool({ connectionString: url, max: 10 });
}

/** @param url `sqlite:PATH` or `postgres://...` */
export function pageReader(url: string): ReadPage {
  return url.startsWith('sqlite:') ? sqlitePages(url.slice('sqlite:'.length)) : postgresqlPages(url);
}

const PAGE_SIZE = 10;

function sqlitePages(path: string): ReadPage {
  const database = new DatabaseSync(path, { readOnly: true });
  const ids = `IN (${Array.from({ length: PAGE_SIZE }, () => '?').join()})`;
  const total = database.prepare(TOTAL);
  const events = database.prepare(
    `SELECT ${EVENT_COLUMNS} FROM event WHERE system = 1 ORDER BY id DESC LIMIT ? OFFSET ?`,
  );
  const [countsOf, buildsOf, dependsOnOf, dependingOf] = [counts, builds, dependsOn, depending].map((statement) =>
    database.prepare(statement(ids)),
  );
  return ({ version, page, perPage }) => {
    const found = events.all(perPage, (page - 1) * perPage) as unknown as EventRow[];
    const of = Array.from({ length: PAGE_SIZE }, (_, index) => found[index]?.id ?? null);
    return {
      total: total.get()!.total as number,
      events: found,
      dependsOn: dependsOnOf!.all(...of) as unknown as DependencyRow[],
      depending: dependingOf!.all(...of) as unknown as DependencyRow[],
      counts: version === '2' ? (countsOf!.all(...of) as unknown as CountRow[]) : [],
      builds: version === '1' ? (buildsOf!.all(...of) as unknown as BuildRow[]) : [],
    };
  };
}

function postgresqlPages(url: string): ReadPage {
  const pool = openPool(url);
  const ids = '= ANY ($1::bigint[])';
  const events = `SELECT ${EVENT_COLUMNS} FROM event WHERE system = 1 ORDER BY id DESC LIMIT $1 OFFSET $2`;
  // A name makes it a prepared statement of each connection.
  const rows = async <Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<Row[]> =>
    (await pool.query<Row>({ name, text, values })).rows;
  return async ({ version, page, perPage }) => {
    const [[total], found] = await Promise.all([
      rows<{ total: number }>('total', TOTAL, []),
      rows<EventRow>('events', events, [perPage, (page - 1) * perPage]),
    ]);
    const of = [found.map(({ id }) => id)];
    const [before, after, counted, built] = await Promise.all([
      rows<DependencyRow>('depends-on', dependsOn(ids), of),
      rows<DependencyRow>('depending', depending(ids), of),
      version === '2' ? rows<CountRow>('counts', counts(ids), of) : [],
      version === '1' ? rows<BuildRow>('builds', builds(ids), of) : [],
    ]);
    return { total: total!.total, events: found, dependsOn: before, depending: after, counts: counted, builds: built };
  };
}
