import pg from 'pg';

/** Two numbers that stand for "brings this database to the newest structure" among its advisory locks. */
const MIGRATION_LOCK = [0x6267, 2] as const;
const CONNECT_MS = 10_000;

/**
 * Does something that only one process at a time may do to the structure of a PostgreSQL database; waits for the others
 * as long as they take.
 * @throws Error when the database does not answer
 */
export async function holdingMigrationLock<Result>(url: string, work: () => Promise<Result>): Promise<Result> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'buildgate migration',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  // A connection that is lost while nothing is asked of it must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK.join(', ')})`);
    return await work();
  } finally {
    // The lock ends with the session.
    await client.end();
  }
}
