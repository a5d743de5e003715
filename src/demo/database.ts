import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openReadyStore } from '../app.js';
import { loadConfig, type Config } from '../config.js';
import { createToken } from '../core/auth/authenticator.js';
import { SecretBox } from '../core/auth/secrets.js';
import { BuildgateError } from '../core/errors.js';
import { first } from '../core/store/reader.js';
import { sql } from '../core/store/sql.js';
import type { Store } from '../core/store/store.js';
import { importSamples } from './data/sample.js';

/** Name of the administrator that people sign in as. */
export const USER = 'demo';
const AGENT = 'demo-agent';

/** What the database of a demo is made with. */
export interface DemoDatabaseOptions {
  /** The SQLite file to keep; null: one of its own, which goes with the process. */
  readonly file: string | null;
  /** Port to listen on; 0: any. */
  readonly port: number;
  readonly seed: number;
}

/** The database of a demo, ready to be served. */
export interface DemoDatabase {
  /** Settings of the gateway; none comes from the environment. */
  readonly config: Config;
  /** The SQLite file. */
  readonly file: string;
  readonly userToken: string;
  readonly agentToken: string;
  /** Removes what is not to be kept. */
  readonly remove: () => void;
}

/**
 * Fills a new database with the samples, or opens one that an earlier demo has kept. It appears under its name when it is
 * complete.
 * @throws BuildgateError CONFLICT for a database that is no demo's: agents would take its builds for theirs
 */
export async function openDemoDatabase({ file, port, seed }: DemoDatabaseOptions): Promise<DemoDatabase> {
  const folder = file === null ? mkdtempSync(join(tmpdir(), 'buildgate-demo-')) : null;
  const remove = (): void => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  // Also when a second signal or a fault ends the process.
  process.once('exit', remove);
  const path = resolve(folder === null ? file! : join(folder, 'demo.db'));
  if (!existsSync(path)) await fill(path, port, seed);
  const config = settings(path, path, port);
  return { config, file: path, ...(await tokens(config, path)), remove };
}

async function fill(path: string, port: number, seed: number): Promise<void> {
  const draft = `${path}.part`;
  for (const ending of ['', '-wal', '-shm']) rmSync(draft + ending, { force: true });
  const config = settings(draft, path, port);
  const store = await openReadyStore(config);
  try {
    await createToken(store, { user: AGENT, roles: ['agent'] });
  } finally {
    await store.close();
  }
  await importSamples({ database: config.database, secrets: SecretBox.open(config.secrets) }, seed, Date.now());
  renameSync(draft, path);
}

function settings(database: string, keyBeside: string, port: number): Config {
  return loadConfig({
    DATABASE_URL: `sqlite:${database}`,
    BUILDGATE_SECRET_FILE: `${keyBeside}.secret`,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    // The demo moves for as long as it runs.
    BUILDGATE_LOG_RETENTION_DAYS: '1',
  });
}

async function tokens(config: Config, path: string): Promise<{ userToken: string; agentToken: string }> {
  const store = await openReadyStore(config);
  try {
    if (!(await isDemo(store))) {
      throw new BuildgateError(
        'CONFLICT',
        `${path} is no database of a demo: it would be changed by simulated agents.`,
      );
    }
    const userToken = await createToken(store, { user: USER, admin: true });
    return { userToken, agentToken: await createToken(store, { user: AGENT, roles: ['agent'] }) };
  } finally {
    await store.close();
  }
}

async function isDemo({ reader }: Store): Promise<boolean> {
  return (await first(reader, sql`SELECT id FROM user_account WHERE name = ${AGENT}`)) !== undefined;
}
