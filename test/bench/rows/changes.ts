import { deepStrictEqual } from 'node:assert/strict';
import type { Bench, Contest, Measured, Row } from '../bench.ts';
import { type ChangeOrder, type ChangeResult, SUCCEEDED } from '../changes.ts';
import { sqlRunner, type SqlRunner } from '../data.ts';
import { cpuMs, Worker } from '../processes.ts';
import { DATABASES, type Database } from './pages.ts';

/** How many write at once: an embedded database takes one writer at a time. */
const WRITERS = { sqlite: 1, postgresql: 8 };
const BUILDS = 256;

/** Builds that have succeeded and that nothing waits for, two shares of them. */
async function chosenBuilds(run: SqlRunner): Promise<[number[], number[]]> {
  const rows = await run<{
    id: number;
  }>(`SELECT id FROM build b WHERE system = 1 AND state = ${SUCCEEDED} AND NOT EXISTS
    (SELECT 1 FROM build d WHERE d.freshmaker_depends_on_id = b.id) ORDER BY id DESC LIMIT ${2 * BUILDS}`);
  const ids = rows.map(({ id }) => Number(id));
  return [ids.slice(0, ids.length >> 1), ids.slice(ids.length >> 1)];
}

/** Rows that the last change wrote, without their times. */
async function written(run: SqlRunner): Promise<object> {
  const [log] = await run<Record<string, unknown>>(
    `SELECT system, kind, record_id, from_state, to_state, reason, actor FROM change_log ORDER BY sequence DESC LIMIT 1`,
  );
  const [message] = await run<Record<string, unknown>>(
    'SELECT system, topic, body FROM outbox_message ORDER BY sequence DESC LIMIT 1',
  );
  const counts = await run('SELECT state, total FROM state_count WHERE system = 1 AND kind = 2 ORDER BY state');
  const body = { ...(JSON.parse(String(message!.body)) as object), time_completed: null };
  return { log, message: { ...message, body }, counts };
}

/** The same two changes of one build leave the same rows behind. */
async function checkEqual(run: SqlRunner, workers: readonly Worker[], id: number): Promise<void> {
  const left: object[] = [];
  for (const worker of workers) {
    const rows: object[] = [];
    for (let step = 0; step < 2; step++) {
      const order: ChangeOrder = { ids: [id], writers: 1, seconds: 0 };
      await worker.ask(order);
      rows.push(await written(run));
    }
    left.push(rows);
  }
  deepStrictEqual(left[0], left[1]);
}

function contestant(worker: Worker, order: ChangeOrder): () => Promise<Measured> {
  return async () => {
    const before = cpuMs(worker.pid);
    const { changes, seconds } = await worker.ask<ChangeResult>(order);
    const after = cpuMs(worker.pid);
    return { rate: changes / seconds, cpuMs: before === null || after === null ? null : (after - before) / changes };
  };
}

async function prepare({ data, defer, seconds }: Bench, database: Database): Promise<Contest> {
  const url = database === 'sqlite' ? `sqlite:${await data.copy('changes.db')}` : await data.postgresql();
  const { run, close } = await sqlRunner(url);
  // A gateway that is measured next is not to publish them.
  defer(async () => {
    await run('DELETE FROM outbox_message');
    await close();
  });
  const scripts = ['../changes-process.ts', '../references/changes.ts'];
  const workers = scripts.map((script) => new Worker(new URL(script, import.meta.url), [url]));
  for (const worker of workers) defer(() => worker.stop());
  const shares = await chosenBuilds(run);
  await checkEqual(run, workers, shares[0][0]!);
  const [ours, reference] = workers.map((worker, index) =>
    contestant(worker, { ids: shares[index]!, writers: WRITERS[database], seconds }),
  );
  for (const round of [ours!, reference!]) await round();
  return { ours: ours!, reference: reference! };
}

function changesRow(name: string, database: Database): Row {
  return {
    name,
    work: `state changes with their log and message, by ${WRITERS[database]} at once, ${DATABASES[database]}`,
    reference: 'prepared statements in the same transaction',
    unit: 'changes',
    ratio: 'speed',
    goal: { floor: 0.5, aim: 0.8 },
    prepare: (bench) => prepare(bench, database),
  };
}

/** Writing, in process. */
export const CHANGES_ROWS: readonly Row[] = [changesRow('changes', 'sqlite'), changesRow('changes-pg', 'postgresql')];
