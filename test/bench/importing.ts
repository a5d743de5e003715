import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type * as Tables from '../../src/core/model/tables.js';
import type * as SqliteReader from '../../src/core/store/sqlite-reader.js';
import type * as StoreModule from '../../src/core/store/store.js';
import { compiled } from './compiled.ts';
import { runProgram } from './processes.ts';

const { Store } = await compiled<typeof StoreModule>('core/store/store.js');
const { CORE_ENTITIES } = await compiled<typeof Tables>('core/model/tables.js');
const { openSqlite } = await compiled<typeof SqliteReader>('core/store/sqlite-reader.js');

/** What is imported of a system. */
export interface DataSet {
  readonly generator: string;
  /** How much, and how much with --small. */
  readonly sizes: readonly [string[], string[]];
  /** Tables in the order of their references. */
  readonly tables: readonly string[];
}

/** By the system's name. */
export const DATA_SETS: Readonly<Record<string, DataSet>> = {
  freshmaker: {
    generator: 'generate.ts',
    sizes: [
      ['--events', '148898', '--builds', '1000000'],
      ['--events', '14890', '--builds', '100000'],
    ],
    tables: ['project', 'event', 'build', 'freshmaker_event_dependency'],
  },
  kernelci: {
    generator: 'generate-kernelci.ts',
    sizes: [
      ['--builds', '300000', '--boots', '900000'],
      ['--builds', '30000', '--boots', '90000'],
    ],
    tables: ['project', 'event', 'build', 'job'],
  },
  rodan: {
    generator: 'generate-rodan.ts',
    sizes: [
      ['--run-jobs', '100000'],
      ['--run-jobs', '10000'],
    ],
    tables: [
      'project',
      'member',
      ...[
        'user',
        'project',
        'project_member',
        'resource_type',
        'job',
        'input_port_type',
        'output_port_type',
        'input_port_type_resource_type',
        'output_port_type_resource_type',
        'workflow',
        'workflow_job',
        'input_port',
        'output_port',
        'connection',
        'resource',
        'input',
        'output',
      ].map((name) => `rodan_${name}`),
      'event',
      'build',
      'job',
    ],
  },
};
const READ_AT_ONCE = 10_000;

/** What an import took. */
export interface Import {
  readonly seconds: number;
  /** Peak of resident memory, MiB; of the importing process. */
  readonly memory: number;
}

/** The importer in a process of its own, from its start to its end. */
export async function measureImport(system: string, database: string, data: string): Promise<Import> {
  const start = performance.now();
  const output = await runProgram([
    fileURLToPath(new URL('import-process.ts', import.meta.url)),
    system,
    database,
    data,
  ]);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, memory: Number(output.trim().split('\n').at(-1)) };
}

/** Seconds that inserts and commit take; reading the rows back from the imported file is not counted. */
export function measureInserts(tables: readonly string[], from: string, to: string): { seconds: number; rows: number } {
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
  for (const table of tables) {
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

/** An empty database of the newest structure; what was there is gone. */
export async function emptyDatabase(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  const store = await Store.open({ database: { kind: 'sqlite', path }, entities: CORE_ENTITIES });
  await store.migrate();
  await store.close();
}
