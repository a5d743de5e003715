import { openPool, PostgresqlReader } from '../core/store/postgresql.js';
import { first, type Reader } from '../core/store/reader.js';
import { sql } from '../core/store/sql.js';
import { StatementNames } from '../core/store/statement-names.js';
import { Checks, reasonOf, withoutPassword } from './check.js';
import type { DatabaseFindings } from './sqlite.js';
import { checkDrift, checkMigrations, sealedTexts } from './structure.js';

/** How long a database may take to answer, in milliseconds. */
const ANSWER_MS = 5_000;
/** The version that the tests run on. */
const TESTED_VERSION = 15;

interface Server {
  /** Such as 150004. */
  readonly version: number;
  readonly encoding: string;
  readonly readOnly: string;
  readonly recovering: boolean;
  readonly schema: string | null;
  readonly mayCreate: boolean | null;
  readonly hasTrigrams: boolean;
}

/** Looks at a PostgreSQL database without changing it. */
export async function checkPostgresql(url: string): Promise<DatabaseFindings> {
  const checks = new Checks('database');
  const pool = openPool(url, { timeoutMs: ANSWER_MS, size: 1 });
  const reader = new PostgresqlReader(pool, new StatementNames(), () => undefined);
  try {
    await checkServer(checks, reader, withoutPassword(url));
    const migrations = await checkMigrations(reader);
    const clock = checkDrift(await driftOf(reader));
    if (migrations.status !== 'ok') return { results: [...checks.results, migrations, clock], sealed: null };
    if (!(await checkRights(checks, reader))) return { results: [...checks.results, migrations, clock], sealed: null };
    return { results: [...checks.results, migrations, clock], sealed: await sealedTexts(reader) };
  } catch (error) {
    checks.failed(`${withoutPassword(url)}: ${reasonOf(error)}`, adviceOn(error));
    return { results: checks.results, sealed: null };
  } finally {
    await pool.end();
  }
}

async function checkServer(checks: Checks, reader: Reader, url: string): Promise<void> {
  const server = (await first<Server>(
    reader,
    sql`SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
      current_setting('transaction_read_only') AS "readOnly", pg_is_in_recovery() AS recovering, current_schema() AS schema,
      has_schema_privilege(current_schema(), 'CREATE') AS "mayCreate",
      EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm') AS "hasTrigrams"`,
  ))!;
  const major = Math.floor(server.version / 10_000);
  const name = `PostgreSQL ${major} at ${url}`;
  if (major < TESTED_VERSION) {
    checks.warning(`${name} answers`, `buildgate is tested with ${TESTED_VERSION}: think of an upgrade`);
  } else checks.ok(`${name} answers`);
  if (server.encoding !== 'UTF8') {
    checks.failed(
      `its encoding is ${server.encoding}`,
      "make another database with ENCODING 'UTF8' TEMPLATE template0",
    );
  }
  if (server.recovering || server.readOnly === 'on') {
    checks.failed('it takes no writes (a standby, or read only)', 'name the primary server in DATABASE_URL');
  }
  if (!server.mayCreate) {
    const advice = '"buildgate migrate" needs it: GRANT CREATE ON SCHEMA, or migrate as another user';
    checks.warning(`the user may not create tables in schema ${server.schema ?? '(none)'}`, advice);
  }
  if (!server.hasTrigrams) {
    checks.warning(
      'the extension pg_trgm is missing',
      'searches read all names: see "Text search" in docs/operating.md',
    );
  }
}

/** Whether the user may read and write all tables. */
async function checkRights(checks: Checks, reader: Reader): Promise<boolean> {
  const rows = await reader.all<{ name: string }>(
    sql`SELECT c.relname AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
      AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
        AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')) ORDER BY c.relname`,
  );
  if (rows.length === 0) {
    checks.ok('the user may read and write all tables');
    return true;
  }
  const names = rows.map(({ name }) => name);
  const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  const advice = 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ... TO the user';
  checks.failed(`the user may not read and write ${shown}`, advice);
  return false;
}

/** How far this machine's clock is ahead of the database's, in milliseconds; half of the way there is not known. */
async function driftOf(reader: Reader): Promise<number> {
  const asked = Date.now();
  const row = await first<{ now: number }>(
    reader,
    sql`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
  );
  const answered = Date.now();
  return (asked + answered) / 2 - row!.now;
}

/** Classes of SQLSTATE: invalid authorization (28), invalid catalog name (3D), insufficient privilege (42501). */
function adviceOn(error: unknown): string {
  const { code = '' } = error as { code?: string };
  if (code.startsWith('28')) return 'check user and password in DATABASE_URL, and pg_hba.conf of the server';
  if (code.startsWith('3D')) return 'make the database (createdb), or check its name in DATABASE_URL';
  if (code === '42501') return 'give the user the right (GRANT)';
  return 'check host and port in DATABASE_URL, and that the server runs and is reached from here';
}
