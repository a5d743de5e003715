// The reference for state changes: one transaction of prepared statements with the same effects as the gateway's verb.
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import type { DatabaseConfig } from '../../src/core/store/store.js';

/** Moves a build of Freshmaker to a state, with its row of the log, the counters and a message. */
export type ChangeState = (id: number, to: number) => Promise<void>;

/** Changes states with prepared statements. */
export interface PreparedWriter {
  readonly change: ChangeState;
  /** Removes what was written besides the records. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

interface Build {
  readonly id: number;
  readonly state: number;
}

const COLUMNS = `id, system, legacy_id, event_id, name, state, legacy_state, state_reason, submitted_at, started_at,
  finished_at, freshmaker_type, freshmaker_original_nvr, freshmaker_rebuilt_nvr, freshmaker_external_build_id,
  freshmaker_depends_on_id, freshmaker_build_args, freshmaker_odcs_composes, freshmaker_rebuild_reason`;
const SELECT = `SELECT ${COLUMNS} FROM build WHERE id = ?`;
const UPDATE =
  'UPDATE build SET state = ?, legacy_state = ?, state_reason = ?, started_at = ?, finished_at = ? WHERE id = ?';
const HEAD = 'UPDATE change_log_head SET sequence = sequence + 2 WHERE id = 1 RETURNING sequence';
const LOG = `INSERT INTO change_log (sequence, system, kind, record_id, from_state, to_state, reason, actor, at, deleted)
  VALUES (?, 1, 2, ?, ?, ?, ?, NULL, ?, ?)`;
const COUNT = `INSERT INTO state_count (system, kind, state, total) VALUES (1, 2, ?, -1), (1, 2, ?, 1)
  ON CONFLICT (system, kind, state) DO UPDATE SET total = state_count.total + excluded.total`;
const MESSAGE = 'INSERT INTO outbox_message (sequence, system, topic, body) VALUES (?, 1, ?, ?)';
const TOPIC = 'bench.build.state.changed';
const REASON = 'Measured.';
const CONNECTIONS = 10;

/** The reference on a database. */
export function preparedWriter(database: DatabaseConfig): PreparedWriter {
  return database.kind === 'sqlite' ? sqliteWriter(database.path) : postgresqlWriter(database.url);
}

function sqliteWriter(path: string): PreparedWriter {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  database.exec('PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA foreign_keys = on');
  const [begin, commit] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')];
  const [select, update, head, log, count, message] = [SELECT, UPDATE, HEAD, LOG, COUNT, MESSAGE].map((text) =>
    database.prepare(text),
  );
  if (!select || !update || !head || !log || !count || !message) throw new Error('Nothing was prepared.');
  return {
    change: async (id, to) => {
      const now = Date.now() * 1000;
      begin.run();
      const build = select.get(id) as unknown as Build;
      update.run(to, String(to - 2), REASON, now, now, id);
      const { sequence } = head.get() as { sequence: number };
      log.run(sequence - 1, id, build.state, to, REASON, now, 0);
      count.run(build.state, to);
      message.run(sequence, TOPIC, JSON.stringify({ ...build, state: to }));
      commit.run();
    },
    tidy: async () => database.exec('DELETE FROM outbox_message'),
    close: async () => database.close(),
  };
}

function postgresqlWriter(url: string): PreparedWriter {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  const named = (name: string, text: string) => {
    let number = 0;
    const numbered = text.replaceAll('?', () => `$${++number}`);
    return (client: pg.PoolClient, values: unknown[]) => client.query({ name, text: numbered, values });
  };
  const [select, update, head] = [
    named('select', `${SELECT} FOR UPDATE`),
    named('update', UPDATE),
    named('head', HEAD),
  ];
  const [log, count, message] = [named('log', LOG), named('count', COUNT), named('message', MESSAGE)];
  const [begin, commit] = [named('begin', 'BEGIN'), named('commit', 'COMMIT')];
  return {
    change: async (id, to) => {
      const client = await pool.connect();
      const now = Date.now() * 1000;
      await begin(client, []);
      const build = (await select(client, [id])).rows[0] as Build;
      await update(client, [to, String(to - 2), REASON, now, now, id]);
      const { sequence } = (await head(client, [])).rows[0] as { sequence: string };
      await log(client, [Number(sequence) - 1, id, build.state, to, REASON, now, false]);
      await count(client, [build.state, to]);
      await message(client, [sequence, TOPIC, JSON.stringify({ ...build, state: to })]);
      await commit(client, []);
      client.release();
    },
    tidy: async () => void (await pool.query('TRUNCATE outbox_message')),
    close: () => pool.end(),
  };
}
