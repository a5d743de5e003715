import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { openSqlite, SqliteReader } from '../core/store/sqlite-reader.js';
import { Checks, reasonOf, type CheckResult } from './check.js';
import {
  existingFolder,
  isReadableAndWritable,
  modeText,
  networkFileSystem,
  READABLE_BY_ALL,
  WRITABLE_BY_OTHERS,
} from './files.js';
import { checkMigrations, checkNewestChange, sealedTexts } from './structure.js';

/** What was found about a database, and what other checks need of it. */
export interface DatabaseFindings {
  readonly results: readonly CheckResult[];
  /** Some texts that are encrypted with the installation's key; null when they could not be read. */
  readonly sealed: readonly string[] | null;
}

/** Looks at an SQLite file without changing it, and without making one. */
export async function checkSqlite(given: string, now: number): Promise<DatabaseFindings> {
  const checks = new Checks('database');
  if (given === ':memory:') {
    checks.warning('SQLite in memory: nothing is kept', 'name a file in DATABASE_URL');
    return { results: checks.results, sealed: [] };
  }
  const path = resolve(given);
  const isThere = existsSync(path);
  const mayWork = checkFolder(checks, path) && (!isThere || checkFile(checks, path));
  if (!isThere || !mayWork) return { results: checks.results, sealed: isThere ? null : [] };
  try {
    checkWriting(path);
    checks.ok(`${path} can be read and written`);
    const found = await readStructure(path, now);
    return { results: [...checks.results, ...found.results], sealed: found.sealed };
  } catch (error) {
    checks.failed(`${path}: ${reasonOf(error)}`, adviceOn(error));
    return { results: checks.results, sealed: null };
  }
}

function checkFolder(checks: Checks, path: string): boolean {
  const folder = existingFolder(path);
  if (!isReadableAndWritable(folder)) {
    checks.failed(
      `${folder} is not writable by this user`,
      'SQLite makes files beside the database: give it the folder',
    );
    return false;
  }
  const network = networkFileSystem(folder);
  if (network !== null) {
    const advice = 'locks do not hold there and the database may be damaged: use a local disk, or PostgreSQL';
    checks.warning(`${folder} is on a network file system (${network})`, advice);
  }
  if (!existsSync(path)) checks.ok(`there is none yet; the first start makes ${path}`);
  return true;
}

function checkFile(checks: Checks, path: string): boolean {
  if (!isReadableAndWritable(path)) {
    checks.failed(`${path} is not readable and writable by this user`, 'make the user its owner (chown)');
    return false;
  }
  const { mode } = statSync(path);
  // What counts for the file counts for the folder where that keeps others out.
  const isOpen = (statSync(dirname(path)).mode & 0o001) !== 0;
  if ((mode & WRITABLE_BY_OTHERS) !== 0) {
    checks.warning(`${path} may be written by others (mode ${modeText(mode)})`, `chmod 600 ${path}`);
  } else if ((mode & READABLE_BY_ALL) !== 0 && isOpen) {
    const advice = `it holds hashes of passwords and tokens: chmod 600 ${path}`;
    checks.warning(`${path} may be read by everybody (mode ${modeText(mode)})`, advice);
  }
  return true;
}

/** Takes the lock of a writer and gives it back. */
function checkWriting(path: string): void {
  const database = openSqlite(path, { readOnly: false });
  try {
    database.exec('BEGIN IMMEDIATE');
    database.exec('ROLLBACK');
  } finally {
    database.close();
  }
}

async function readStructure(path: string, now: number): Promise<DatabaseFindings> {
  const reader = new SqliteReader(path, () => undefined);
  try {
    const migrations = await checkMigrations(reader);
    if (migrations.status !== 'ok') return { results: [migrations], sealed: null };
    return { results: [migrations, await checkNewestChange(reader, now)], sealed: await sealedTexts(reader) };
  } finally {
    reader.close();
  }
}

const [BUSY, NOT_A_DATABASE, CORRUPT] = [5, 26, 11];

function adviceOn(error: unknown): string {
  const { errcode } = error as { errcode?: number };
  // Extended codes have the primary one in their lowest byte.
  const code = (errcode ?? 0) & 0xff;
  if (code === BUSY) return 'another process holds the lock for long: find it (fuser, lsof)';
  if (code === NOT_A_DATABASE || code === CORRUPT)
    return 'check DATABASE_URL; restore the file from a backup if it is the right one';
  return 'check the file and the disk';
}
