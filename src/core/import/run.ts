import type { SecretBox } from '../auth/secrets.js';
import type { System } from '../model/states.js';
import type { DatabaseConfig } from '../store/store.js';
import type { ArrayNames, Element } from './array-splitter.js';
import type { BulkConnection } from './bulk.js';
import { PostgresqlBulk } from './bulk-postgresql.js';
import { SqliteBulk } from './bulk-sqlite.js';
import { lockNumbers, writeCounters } from './counters.js';

/** How many rows of one kind an import found new, found with other content, and found as they were. */
export interface RowCounts {
  readonly name: { readonly one: string; readonly many: string };
  readonly created: number;
  readonly replaced: number;
  readonly unchanged: number;
}

/** What a system's import does with the elements of its arrays, inside one transaction. */
export interface ImportSession {
  /**
   * Checks an element and queues its rows.
   * @throws BuildgateError INVALID naming the row
   */
  add(element: Element): void;
  /** Rows queued; large ones may count for several. */
  readonly pending: number;
  /** Rows taken so far, for the progress display. */
  readonly rows: number;
  /** Writes what is queued. */
  flush(): Promise<void>;
  /** After the last flush: checks what only the whole can tell, and writes what follows from it. */
  finish(): Promise<readonly RowCounts[]>;
}

/** The import of one system. */
export interface SystemImport {
  readonly system: System;
  /** The top-level object of its format; other keys are skipped. */
  readonly arrays: ArrayNames;
  /** Whether an address of a live server can be given instead of a file. */
  readonly live?: (url: URL) => ImportSource;
  /** Kinds of numbers in `record_key` that the system gives besides those of projects, events, builds and jobs. */
  readonly numberKinds?: readonly number[];
  /** @param secrets encrypts what must be shown again */
  start(connection: BulkConnection, secrets: SecretBox): Promise<ImportSession>;
}

/** How far a source has been read; `total` is null when that is not known. */
export interface SourceProgress {
  readonly done: number;
  readonly total: number | null;
}

/** Where elements come from. */
export interface ImportSource {
  readonly progress: SourceProgress;
  /**
   * Elements in portions.
   * @throws BuildgateError INVALID when the source is not in the format, or cannot be read
   */
  elements(arrays: ArrayNames): AsyncIterable<readonly Element[]>;
}

/** Called after each portion. */
export type ProgressListener = (rows: number, source: SourceProgress) => void;

/** What an import is done with. */
export interface ImportTarget {
  readonly database: DatabaseConfig;
  /** The key of the gateway on that database. */
  readonly secrets: SecretBox;
}

const BATCH = 1000;

/**
 * Imports everything that the source has in one transaction: all of it, or nothing when this rejects.
 * Nothing is written to the change log and nothing is published.
 * @throws BuildgateError for a refusal that names what is wrong; the driver's error otherwise
 */
export async function runImport(
  { database, secrets }: ImportTarget,
  systemImport: SystemImport,
  source: ImportSource,
  onProgress: ProgressListener = () => undefined,
): Promise<readonly RowCounts[]> {
  const connection = openBulk(database);
  try {
    await connection.begin();
    const counts = await importInto(connection, secrets, systemImport, source, onProgress);
    await connection.commit();
    return counts;
  } catch (error) {
    await connection.rollback();
    throw error;
  } finally {
    await connection.close();
  }
}

/** A connection of its own, beside those of a server that may be running. */
function openBulk(database: DatabaseConfig): BulkConnection {
  return database.kind === 'sqlite' ? new SqliteBulk(database.path) : new PostgresqlBulk(database.url);
}

async function importInto(
  connection: BulkConnection,
  secrets: SecretBox,
  systemImport: SystemImport,
  source: ImportSource,
  onProgress: ProgressListener,
): Promise<readonly RowCounts[]> {
  await lockNumbers(connection, systemImport.system, systemImport.numberKinds ?? []);
  const session = await systemImport.start(connection, secrets);
  for await (const elements of source.elements(systemImport.arrays)) {
    for (const element of elements) {
      session.add(element);
      if (session.pending >= BATCH) await session.flush();
    }
    onProgress(session.rows, source.progress);
  }
  await session.flush();
  const counts = await session.finish();
  await writeCounters(connection);
  return counts;
}
