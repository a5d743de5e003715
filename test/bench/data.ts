import { randomUUID } from 'node:crypto';
import { constants, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { runGateway, runProgram } from './processes.ts';

/** How many records are generated. */
interface Size {
  readonly events: number;
  readonly builds: number;
}

/** Where the records come from. */
export interface DataOptions {
  /** A database file to work on a copy of. */
  readonly file: string | undefined;
  /** A tenth of it, likewise. */
  readonly tenthFile: string | undefined;
  /** A PostgreSQL database to work on a copy of; nobody may be connected to it. */
  readonly postgresqlUrl: string | undefined;
  readonly short: boolean;
}

const WHOLE: Size = { events: 148_898, builds: 1_000_000 };
const SHORT: Size = { events: 1_000, builds: 5_000 };
const SERVER = process.env.BUILDGATE_TEST_POSTGRESQL_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

/**
 * The databases that are measured: migrated copies, made when the first row asks for them and gone at the end. So a
 * row may write.
 */
export class Data {
  readonly #options: DataOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'buildgate-bench-'));
  readonly #databases = new Map<string, Promise<string>>();
  readonly #made: string[] = [];

  constructor(options: DataOptions) {
    this.#options = options;
  }

  /** File of the SQLite database. */
  sqlite(): Promise<string> {
    return this.#once('whole', () => this.#sqliteFile('whole', this.#options.file, this.size()));
  }

  /** File of an SQLite database with a tenth of the records. */
  tenth(): Promise<string> {
    return this.#once('tenth', () => this.#sqliteFile('tenth', this.#options.tenthFile, this.size(10)));
  }

  /** Address of the PostgreSQL database with the records of `sqlite`. */
  postgresql(): Promise<string> {
    return this.#once('postgresql', () => this.#postgresqlDatabase());
  }

  /** A file of its own for somebody, in the folder that is deleted at the end. */
  file(name: string): string {
    return join(this.#folder, name);
  }

  /** A copy of the SQLite database for a row that needs two of the same. */
  async copy(name: string): Promise<string> {
    const path = this.file(name);
    const source = new DatabaseSync(await this.sqlite());
    source.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    source.close();
    copyFileSync(await this.sqlite(), path, constants.COPYFILE_FICLONE);
    return path;
  }

  /** How many records are generated, or a part of that. */
  size(divisor = 1): Size {
    const { events, builds } = this.#options.short ? SHORT : WHOLE;
    return { events: Math.round(events / divisor), builds: builds / divisor };
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#databases.values());
    for (const name of this.#made) await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #once(name: string, make: () => Promise<string>): Promise<string> {
    const known = this.#databases.get(name) ?? make();
    this.#databases.set(name, known);
    return known;
  }

  async #sqliteFile(name: string, from: string | undefined, size: Size): Promise<string> {
    const path = this.file(`${name}.db`);
    if (from !== undefined) copyFileSync(from, path, constants.COPYFILE_FICLONE);
    await migrate(`sqlite:${path}`);
    if (from === undefined) await this.#import(`sqlite:${path}`, size);
    return path;
  }

  async #postgresqlDatabase(): Promise<string> {
    const from = this.#options.postgresqlUrl;
    const url = new URL(from ?? SERVER);
    const template = url.pathname.slice(1);
    const name = `buildgate_bench_${randomUUID().replaceAll('-', '')}`;
    await administer(`CREATE DATABASE ${name} ${from === undefined ? '' : `TEMPLATE ${template}`}`);
    this.#made.push(name);
    url.pathname = name;
    await migrate(url.href);
    if (from === undefined) await this.#import(url.href, this.size());
    await vacuum(url.href);
    return url.href;
  }

  async #import(url: string, { events, builds }: Size): Promise<void> {
    const path = this.file(`${events}-${builds}.json`);
    const generator = fileURLToPath(new URL('generate.ts', import.meta.url));
    await runProgram([generator, '--events', String(events), '--builds', String(builds), '--out', path]);
    await runGateway(['import', 'freshmaker', path], { DATABASE_URL: url });
  }
}

function migrate(url: string): Promise<string> {
  return runGateway(['migrate'], { DATABASE_URL: url });
}

/** A statement on the server, outside of the databases that are made. */
async function administer(statement: string): Promise<void> {
  await query(SERVER, statement);
}

/** As the database would do by itself in a while; a copy has not seen it, and its plans would be others. */
async function vacuum(url: string): Promise<void> {
  await query(url, 'VACUUM ANALYZE');
}

async function query(url: string, statement: string): Promise<void> {
  const { run, close } = await sqlRunner(url);
  await run(statement).finally(close);
}

/** Runs statements on either database. */
export type SqlRunner = <Found extends object>(statement: string) => Promise<Found[]>;

/** A connection of one's own. */
export async function sqlRunner(url: string): Promise<{ run: SqlRunner; close: () => Promise<void> }> {
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.slice('sqlite:'.length), { timeout: 10_000 });
    const run: SqlRunner = async (statement) => database.prepare(statement).all() as never;
    return { run, close: async () => database.close() };
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const run: SqlRunner = async (statement) => (await client.query(statement)).rows;
  return { run, close: () => client.end() };
}
