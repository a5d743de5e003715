// Measures `buildgate import freshmaker` against plain prepared inserts of the same rows into the same tables, in one run:
// node test/bench/import.ts [--small] [--data FILE] [--keep DIRECTORY] [--postgresql URL]
// Imports the compiled program: build it first. The PostgreSQL database must be migrated and empty; it is only timed.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type * as Tables from '../../src/core/model/tables.js';
import type * as SqliteReader from '../../src/core/store/sqlite-reader.js';
import type * as StoreModule from '../../src/core/store/store.js';

const { Store } = (await compiled('core/store/store.js')) as typeof StoreModule;
const { CORE_ENTITIES } = (await compiled('core/model/tables.js')) as typeof Tables;
const { openSqlite } = (await compiled('core/store/sqlite-reader.js')) as typeof SqliteReader;

/** In the order of their references. */
const TABLES = ['project', 'event', 'build', 'freshmaker_event_dependency'];
const READ_AT_ONCE = 10_000;

interface Measured {
  readonly seconds: number;
  /** Peak of resident memory, MiB; of the importing process. */
  readonly memory: number;
}

/** What is measured is the compiled program, which has no types of its own. */
function compiled(path: string): Promise<unknown> {
  return import(new URL(`../../dist/${path}`, import.meta.url).href);
}

async function run(script: string, args: readonly string[]): Promise<string> {
  const path = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)));
  if (code !== 0) throw new Error(`${script} ended with ${code}.`);
  return output;
}

/** The importer in a process of its own, from its start to its end. */
async function measureImport(database: string, data: string): Promise<Measured> {
  const start = performance.now();
  const output = await run('import-process.ts', [database, data]);
  const seconds = (performance.now() - start) / 1000;
  const lines = output.trim().split('\n');
  process.stdout.write(`${lines[0]}\n`);
  return { seconds, memory: Number(lines.at(-1)) };
}

/** Seconds that inserts and commit take; reading the rows back from the imported file is not counted. */
function measureInserts(from: string, to: string): { seconds: number; rows: number } {
  const source = new DatabaseSync(from, { readOnly: true });
  const target = openSqlite(to, { readOnly: false });
  target.exec('PRAGMA cache_size = -98304; PRAGMA synchronous = FULL');
  let rows = 0;
  let spent = 0;
  const timed = (work: () => void): void => {
    const start = performance.now();
    work();
    spent += performance.now() - start;
  };
  timed(() => target.exec('BEGIN IMMEDIATE'));
  for (const table of TABLES) {
    const columns = source.prepare(`SELECT * FROM ${table}`).columns().length;
    const insert = target.prepare(`INSERT INTO ${table} VALUES (${Array.from({ length: columns }, () => '?').join()})`);
    for (const batch of batches(source, table)) {
      timed(() => {
        for (const row of batch) insert.run(...row);
      });
      rows += batch.length;
    }
  }
  timed(() => target.exec('COMMIT'));
  source.close();
  target.close();
  return { seconds: spent / 1000, rows };
}

type Row = (string | number | null)[];

function* batches(source: DatabaseSync, table: string): Generator<Row[]> {
  const select = source.prepare(`SELECT * FROM ${table} ORDER BY rowid`);
  select.setReturnArrays(true);
  let batch: Row[] = [];
  for (const row of select.iterate()) {
    batch.push(row as unknown as Row);
    if (batch.length < READ_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

async function migrated(path: string): Promise<void> {
  const store = await Store.open({ database: { kind: 'sqlite', path }, entities: CORE_ENTITIES });
  await store.migrate();
  await store.close();
}

const { values } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    data: { type: 'string' },
    keep: { type: 'string' },
    postgresql: { type: 'string' },
  },
});
const [events, builds] = values.small ? ['14890', '100000'] : ['148898', '1000000'];
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'buildgate-bench-'));
const data = values.data ?? join(folder, `freshmaker-${events}-${builds}.json`);
const [imported, plain] = [join(folder, 'imported.db'), join(folder, 'plain.db')];
try {
  if (!existsSync(data)) await run('generate.ts', ['--events', events, '--builds', builds, '--out', data]);
  for (const path of [imported, plain]) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    await migrated(path);
  }
  const sqlite = await measureImport(`sqlite:${imported}`, data);
  const again = await measureImport(`sqlite:${imported}`, data);
  const inserts = measureInserts(imported, plain);
  const postgresql = values.postgresql === undefined ? null : await measureImport(values.postgresql, data);
  const report = {
    rows: inserts.rows,
    fileMiB: Math.round(statSync(data).size / 2 ** 20),
    plainInsertsPerSecond: Math.round(inserts.rows / inserts.seconds),
    importPerSecond: Math.round(inserts.rows / sqlite.seconds),
    ratioToPlainInserts: Number((inserts.seconds / sqlite.seconds).toFixed(2)),
    importPeakMiB: sqlite.memory,
    importAgainPerSecond: Math.round(inserts.rows / again.seconds),
    importAgainPeakMiB: again.memory,
    ...(postgresql && {
      postgresqlPerSecond: Math.round(inserts.rows / postgresql.seconds),
      postgresqlPeakMiB: postgresql.memory,
    }),
  };
  console.table(report);
  console.log(JSON.stringify(report));
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}
