import { gatewayEntities } from '../../src/app.js';
import { ANONYMOUS } from '../../src/core/auth/principal.js';
import { recordId } from '../../src/core/ids.js';
import { Kind, System } from '../../src/core/model/states.js';
import { join, raw, sql, type SqlValue } from '../../src/core/store/sql.js';
import { Store, type DatabaseConfig, type StoreOptions } from '../../src/core/store/store.js';
import type { Transaction } from '../../src/core/store/transaction.js';
import { testDatabase } from '../support/database.js';

/** A row by column name, with truth values as such on both databases. */
export type Row = Readonly<Record<string, SqlValue>>;

/** Rows of tables that lists read, as they are stored. */
export type Tables = Readonly<Record<string, readonly Row[]>>;

/** Rows of the tables that all systems share. */
export type World = Readonly<Record<'project' | 'event' | 'build', readonly Row[]>>;

/** A store on a database of its own, and the statements that it ran. */
export interface OwnStore {
  readonly store: Store;
  readonly config: DatabaseConfig;
  readonly statements: string[];
  close(): Promise<void>;
}

/** A store on a fresh database of the kind under test. */
export async function ownStore(options: Partial<StoreOptions> = {}): Promise<OwnStore> {
  const database = await testDatabase();
  const statements: string[] = [];
  const store = await anotherStore(database.config, { onStatement: (text) => void statements.push(text), ...options });
  const close = async (): Promise<void> => {
    await store.close();
    await database.drop();
  };
  return { store, config: database.config, statements, close };
}

/** Another store object on the same database, as another process has it. */
export function anotherStore(database: DatabaseConfig, options: Partial<StoreOptions> = {}): Promise<Store> {
  return Store.open({ database, entities: gatewayEntities(), ...options });
}

/** Names with ties, every kind of character that SQL or Unicode treats specially, and borders of the code space. */
export const TEXTS = [
  'alpha',
  'ALPHA',
  'alpha-container',
  '100%',
  '100_',
  '1000',
  'back\\slash',
  "it's",
  '"quoted"',
  '{a,b}',
  'Straße',
  'STRASSE',
  'İstanbul',
  'istanbul',
  'ÄPFEL',
  'äpfel',
  'ΑΣ',
  'ΑΣΑ',
  'ας',
  '\uD7FF',
  '\uD7FFa',
  '\uE000',
  '\uFFFD',
  '\u{10FFFF}',
  '\u{10FFFF}z',
  'a\u{10FFFF}',
  'a\u{10FFFF}b',
  'b',
  '😀',
  '😀 grin',
  '😁',
  'tab\tand\nline',
  ' ',
] as const;

const TIME = 1_564_641_046_000_000;
const FOREIGN = { [System.FRESHMAKER]: null, [System.KERNELCI]: null };

function pick<Value>(values: readonly Value[], index: number): Value {
  return values[index % values.length] as Value;
}

function common(system: System, number: number): Row {
  return {
    id: recordId(system, number),
    system,
    legacy_id: String(number),
    name: pick(TEXTS, number * 7),
    state: number % 8,
    legacy_state: 'x',
    state_reason: null,
    project_id: number % 4 === 0 ? null : recordId(System.FRESHMAKER, (number % 3) + 1),
    requester: number % 3 === 0 ? null : pick(['kate', 'Kate', 'root'], number),
    started_at: number % 2 === 0 ? null : TIME - (number % 5),
    finished_at: number % 5 === 0 ? null : TIME + (number % 4) * 1_000_000,
  };
}

/** An event with nulls and ties in every column that may have them; every ninth is another system's. */
export function eventRow(number: number): Row {
  const system = number % 9 === 0 ? System.KERNELCI : System.FRESHMAKER;
  const own = system === System.FRESHMAKER ? number : FOREIGN[system];
  return {
    ...common(system, number),
    created_at: number % 7 === 0 ? null : TIME + (number % 6),
    freshmaker_message_id: own && `ID:${number}`,
    freshmaker_search_key: own && String(41000 + (number % 5)),
    freshmaker_event_type_id: own && 8 + (number % 4),
    freshmaker_dry_run: own && pick([null, true, false], number),
  };
}

/** A build below one of `events` events, or below none. */
export function buildRow(number: number, events: number): Row {
  const parent = (number % events) + 1;
  return {
    ...common(System.FRESHMAKER, number),
    event_id: number % 11 === 0 ? null : (eventRow(parent)['id'] as number),
    submitted_at: TIME + (number % 6),
    freshmaker_type: number % 4,
    freshmaker_original_nvr: number % 5 === 0 ? null : `${pick(TEXTS, number)}-1.0`,
    freshmaker_external_build_id: number % 3 === 0 ? null : -number,
    freshmaker_depends_on_id: number % 2 === 0 || number < 4 ? null : recordId(System.FRESHMAKER, number - 3),
  };
}

function numbered<Value>(count: number, make: (number: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => make(index + 1));
}

/** Stores a world of this size, counters included. */
export async function createWorld(store: Store, events: number, builds = events): Promise<World> {
  const world: World = {
    project: numbered(3, (number) => ({
      id: recordId(System.FRESHMAKER, number),
      system: System.FRESHMAKER,
      legacy_id: pick(['p%', 'P_', "p'\\"], number),
      name: 'same',
    })),
    event: numbered(events, eventRow),
    build: numbered(builds, (number) => buildRow(number, events)),
  };
  await store.transact(ANONYMOUS, async (transaction) => {
    await insertRows(transaction, 'project', world.project);
    await insertRows(transaction, 'event', world.event);
    await insertRows(transaction, 'build', world.build);
    for (const row of world.event) recordCreation(transaction, Kind.EVENT, row);
    for (const row of world.build) recordCreation(transaction, Kind.BUILD, row);
  });
  return world;
}

/** Logs and counts a row that was inserted by plain SQL. */
export function recordCreation(transaction: Transaction, kind: Kind, row: Row): void {
  const { id, system, state } = row as { id: number; system: System; state: number };
  transaction.recordChange({ system, kind, recordId: id, from: null, to: state, reason: null });
}

/** Inserts rows that have the same columns. */
export async function insertRows(transaction: Transaction, table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const tuple = (row: Row) =>
    sql`(${join(
      columns.map((column) => sql`${row[column] ?? null}`),
      ', ',
    )})`;
  for (let start = 0; start < rows.length; start += 500) {
    const values = join(rows.slice(start, start + 500).map(tuple), ', ');
    await transaction.all(sql`INSERT INTO ${raw(`${table} (${columns.join(', ')})`)} VALUES ${values}`);
  }
}
