// The same transaction by prepared statements: the record, the log, its head, the counters and the message:
// node changes.ts DATABASE_URL
import { DatabaseSync } from 'node:sqlite';
import { answerChanges, RUNNING } from '../changes.ts';
import { openPool } from './database.ts';
import { BUILD_COLUMNS, type BuildRow, representBuild } from './legacy.ts';

const TOPIC = 'VirtualTopic.eng.freshmaker.build.state.changed';
/** Codes of Freshmaker for the two states. */
const CODES: Record<number, string> = { [RUNNING]: '0', 3: '1' };

const STATEMENTS = {
  read: `SELECT ${BUILD_COLUMNS}, b.state, b.started_at FROM build b LEFT JOIN build d ON d.id = b.freshmaker_depends_on_id
    WHERE b.id = ?1`,
  update: `UPDATE build SET state = ?1, legacy_state = ?2, state_reason = ?3, started_at = ?4, finished_at = ?5
    WHERE id = ?6`,
  head: 'UPDATE change_log_head SET sequence = sequence + 2 WHERE id = 1 RETURNING sequence',
  log: `INSERT INTO change_log (sequence, system, kind, record_id, from_state, to_state, reason, actor, at, deleted)
    VALUES (?1, 1, 2, ?2, ?3, ?4, ?5, null, ?6, ?7)`,
  outbox: 'INSERT INTO outbox_message (sequence, system, topic, body) VALUES (?1, 1, ?2, ?3)',
  count: `INSERT INTO state_count (system, kind, state, total) VALUES (1, 2, ?1, -1), (1, 2, ?2, 1)
    ON CONFLICT (system, kind, state) DO UPDATE SET total = state_count.total + excluded.total`,
};

type Name = keyof typeof STATEMENTS;
type Value = string | number | boolean | null;
type Run = (name: Name, ...values: Value[]) => Promise<unknown[]>;
type Read = BuildRow & { state: number; started_at: number | null };

async function change(run: Run, id: number, to: number, no: Value): Promise<void> {
  const [build] = (await run('read', id)) as Read[];
  const from = build!.state;
  const at = Date.now() * 1000;
  const [startedAt, finishedAt] = to === RUNNING ? [at, build!.finished_at] : [build!.started_at, at];
  await run('update', to, CODES[to]!, null, startedAt, finishedAt, id);
  const after = { ...build!, legacy_state: CODES[to]!, state_reason: null, finished_at: finishedAt };
  const message = JSON.stringify(representBuild(after));
  const [head] = (await run('head')) as { sequence: number }[];
  await run('log', head!.sequence - 1, id, from, to, null, at, no);
  await run('outbox', head!.sequence, TOPIC, message);
  await run('count', from, to);
}

/** With the settings of the gateway's writer. */
function sqliteChanges(path: string): (id: number, to: number) => Promise<void> {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  database.exec('PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA foreign_keys = on');
  const prepared = Object.fromEntries(Object.entries(STATEMENTS).map(([name, text]) => [name, database.prepare(text)]));
  const [begin, commit] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')];
  const run: Run = async (name, ...values) => prepared[name]!.all(...(values as (string | number | null)[]));
  return async (id, to) => {
    begin.run();
    await change(run, id, to, 0);
    commit.run();
  };
}

function postgresqlChanges(url: string): (id: number, to: number) => Promise<void> {
  const pool = openPool(url);
  const texts = Object.entries(STATEMENTS).map(([name, text]) => [name, text.replace(/\?(\d)/g, '$$$1')]);
  const prepared = Object.fromEntries(texts) as Record<Name, string>;
  prepared.read += ' FOR UPDATE OF b';
  prepared.head += `, pg_notify('buildgate_commit', 'bench')`;
  return async (id, to) => {
    const client = await pool.connect();
    const run: Run = async (name, ...values) => (await client.query({ name, text: prepared[name], values })).rows;
    await client.query('BEGIN');
    await change(run, id, to, false);
    await client.query('COMMIT');
    client.release();
  };
}

const url = process.argv[2] ?? '';
answerChanges(url.startsWith('sqlite:') ? sqliteChanges(url.slice('sqlite:'.length)) : postgresqlChanges(url));
