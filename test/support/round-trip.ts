import { runExport, type ExportResult, type SystemExport } from '../../src/core/export/run.js';
import type { DatabaseConfig } from '../../src/core/store/store.js';
import type { ImportDatabase, Rows } from './import-database.js';
import { SECRETS } from './secrets.js';
import type { TestServer } from './server.js';

/** What an export wrote, and what it said of that. */
export interface Exported extends ExportResult {
  readonly text: string;
}

/** Exports what a system has in a database. */
export async function exported(
  database: DatabaseConfig,
  systemExport: SystemExport,
  secrets = SECRETS,
): Promise<Exported> {
  let text = '';
  const result = await runExport({ database, secrets }, systemExport, async (pieces) => {
    for await (const piece of pieces) text += piece;
  });
  return { ...result, text };
}

/** A database to import to, and one that gets what the first exports. */
export async function copied(
  open: () => Promise<ImportDatabase<string>>,
  systemExport: SystemExport,
  document: unknown,
): Promise<{ readonly original: Content; readonly copy: Content; readonly texts: readonly string[] }> {
  const [first, second] = await Promise.all([open(), open()]);
  try {
    await first.take(document);
    const { text } = await exported(first.config, systemExport);
    await second.take(text);
    const again = await exported(second.config, systemExport);
    return {
      original: records(await first.content()),
      copy: records(await second.content()),
      texts: [text, again.text],
    };
  } finally {
    await Promise.all([first.drop(), second.drop()]);
  }
}

type Row = Record<string, unknown>;
/** Rows by table. */
export type Content = Record<string, Rows>;

/** What tells the rows of a table apart whichever numbers the database gave them. */
const NAMES: Readonly<Record<string, (row: Row) => unknown>> = {
  event: (row) => row.legacy_id,
  build: (row) => row.legacy_id,
  job: (row) => row.legacy_id,
  project: (row) => row.legacy_id,
  member: (row) => row.name,
  devmason_repository: (row) => row.url,
  devmason_tag: (row) => row.name,
  freshmaker_image: (row) => [row.nvr, row.architecture],
};

/** The tables that columns with internal ids speak of. */
const TARGETS: Readonly<Record<string, string>> = {
  event_id: 'event',
  build_id: 'build',
  job_id: 'job',
  run_job_id: 'job',
  project_id: 'project',
  request_id: 'build',
  change_id: 'event',
  depends_on_id: 'event',
  freshmaker_depends_on_id: 'build',
  image_id: 'freshmaker_image',
  devmason_owner_id: 'member',
  devmason_reporter_id: 'member',
  devmason_repository_id: 'devmason_repository',
  tag_id: 'devmason_tag',
};

/** Tables whose rows have an order of their own: that of their ids. */
const ORDERED = /^(?:event|build|kernelci_.*|rodan_.*)$/;

/** What differs between two databases with the same records: sealed texts, and when a user was first stored. */
const PASSING = new Set(['token_sealed', 'created_at of member']);

/** The content of a database told without the numbers that it gave itself. */
export function records(content: Content): Content {
  const names = new Map(
    Object.entries(NAMES).map(([table, nameOf]) => [
      table,
      new Map((content[table] ?? []).map((row) => [row.id, nameOf(row)])),
    ]),
  );
  const told = ([column, value]: [string, unknown]): [string, unknown] => {
    const target = typeof value === 'number' ? TARGETS[column] : undefined;
    return [column, target === undefined ? value : names.get(target)?.get(value)];
  };
  return Object.fromEntries(
    Object.entries(content).map(([table, rows]) => {
      const plain = rows.map((row) =>
        Object.fromEntries(
          Object.entries(row)
            .filter(([column]) => column !== 'id' && !PASSING.has(column) && !PASSING.has(`${column} of ${table}`))
            .map(told),
        ),
      );
      return [table, ORDERED.test(table) ? plain : sorted(plain)];
    }),
  );
}

function sorted(rows: Rows): Rows {
  const keyed = rows.map((row) => [JSON.stringify(row), row] as const);
  return keyed.toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
}

/** What a gateway has that no file tells: what happened when, the numbers given last, and its own role. */
const HISTORY = new Set(['change_log', 'change_log_head', 'outbox_message', 'record_key']);

function present(content: Content): Content {
  const kept = (row: Row): boolean => row.total !== 0 && row.role !== 'agent' && row.name !== 'agent';
  return Object.fromEntries(
    Object.entries(records(content))
      .filter(([table]) => !HISTORY.has(table))
      .map(([table, rows]) => [table, rows.filter(kept)]),
  );
}

/** The records of a gateway, and those of a database that gets what it exports. */
export async function copiedFrom(
  server: TestServer,
  open: () => Promise<ImportDatabase<string>>,
  systemExport: SystemExport,
): Promise<{ readonly original: Content; readonly copy: Content; readonly exported: Exported }> {
  await server.settled();
  const told = await exported(server.config.database, systemExport);
  const database = await open();
  try {
    await database.take(told.text);
    const [original, copy] = await Promise.all([database.contentOf(server.app.store), database.content()]);
    return { original: present(original), copy: present(copy), exported: told };
  } finally {
    await database.drop();
  }
}
