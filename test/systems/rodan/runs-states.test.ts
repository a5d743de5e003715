import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raw, sql } from '../../../src/core/store/sql.js';
import { DELETE, RunsWorld, UPDATE, type Diamond } from './runs-world.js';

let world: RunsWorld;
let diamond: Diamond;

beforeAll(async () => {
  world = await RunsWorld.start();
  diamond = await world.diamond();
});
afterAll(() => world.close());

const INVALID_STATUS = { status: ['Invalid status update'] };
const REDONE = 'last_redone_runjob_tree';

/** A run of the diamond and its run jobs: split, left, right, join. */
async function begun(): Promise<{ uuid: string; runJobs: string[] }> {
  const uuid = await world.startDiamond(diamond);
  const { runJobs } = await world.run(uuid);
  return { uuid, runJobs: runJobs.map((runJob: { uuid: string }) => runJob.uuid) };
}

async function finished(): Promise<{ uuid: string; runJobs: string[] }> {
  const run = await begun();
  await world.workOff();
  return run;
}

/** A run whose first run job has failed. */
async function failed(): Promise<{ uuid: string; runJobs: string[] }> {
  const run = await begun();
  await world.claim();
  await world.fail(run.runJobs[0]!);
  return run;
}

async function errorsOf(uuid: string, input: object): Promise<unknown> {
  return (await world.refusal(UPDATE, { uuid, input })).errors;
}

describe('a run', () => {
  it('goes on with what is ready and finishes with the last run job', async () => {
    const { uuid, runJobs } = await begun();
    const [split, left, right, join] = runJobs as [string, string, string, string];
    const steps: [string, number, number[]][] = [
      [split, 1, [4, 1, 1, 0]],
      [right, 1, [4, 1, 4, 0]],
      [left, 1, [4, 4, 4, 1]],
      [join, 4, [4, 4, 4, 4]],
    ];
    const mine = new Set<string>();
    for (const [runJob, status, all] of steps) {
      for (const claimed of await world.claim()) mine.add(claimed);
      expect(mine).toContain(runJob);
      expect(await world.finish(runJob)).toMatchObject({ status: 4, workflowRun: { status } });
      expect(await world.statuses(uuid)).toEqual([status, all]);
    }
    const run = await world.run(uuid);
    expect(run).toMatchObject({ state: 'SUCCEEDED', stateReason: 'Finished' });
    expect([run.startedAt, run.finishedAt]).toEqual([expect.any(String), run.updatedAt]);
    expect(run.runJobs[0]).toMatchObject({ errorSummary: null, errorDetails: null, state: 'SUCCEEDED' });
  });

  it('fails at once with a run job, while the others go on', async () => {
    const { uuid, runJobs } = await begun();
    const [split, left, right] = runJobs as [string, string, string];
    await world.claim();
    await world.finish(split);
    await world.claim();
    await world.fail(left, 'ValueError: no staff lines');
    const run = await world.run(uuid);
    expect(run).toMatchObject({ status: -1, state: 'FAILED', stateReason: 'ValueError: no staff lines' });
    expect(run.runJobs[1]).toMatchObject({
      status: -1,
      stateReason: 'ValueError: no staff lines',
      errorSummary: 'ValueError: no staff lines',
      errorDetails: 'Traceback',
    });
    await world.finish(right);
    expect(await world.statuses(uuid)).toEqual([-1, [4, -1, 4, 0]]);
  });
});

describe('cancelling', () => {
  it('is answered with 29, then what has not ended is cancelled, and so is the run', async () => {
    const { uuid, runJobs } = await begun();
    await world.claim();
    await world.finish(runJobs[0]!);
    expect(await world.update(uuid, { status: 29 })).toMatchObject({
      status: 29,
      state: 'RUNNING',
      stateReason: 'Request cancelling',
    });
    expect(await world.statuses(uuid)).toEqual([9, [4, 9, 9, 9]]);
    expect(await world.run(uuid)).toMatchObject({ state: 'CANCELED', stateReason: 'Cancelled' });
    expect(await requests(uuid)).toEqual(['1 run', '2 cancel']);
  });

  it('is allowed after a failure and keeps what failed', async () => {
    const { uuid } = await failed();
    expect((await world.update(uuid, { status: 29 })).status).toBe(29);
    expect(await world.statuses(uuid)).toEqual([9, [-1, 9, 9, 9]]);
  });
});

describe('retrying', () => {
  it('is answered with 31, then what failed or was cancelled begins anew, without errors and notes', async () => {
    const { uuid, runJobs } = await begun();
    const [split] = runJobs as [string];
    await world.claim();
    const settings = { '@seen': 1.5e300, '@': null };
    await world.ask(AWAIT, { uuid: split, settings }, world.tokens.one);
    expect((await world.run(uuid)).runJobs[0].settings).toEqual({ angle: 2, ...settings });
    await world.update(uuid, { status: 29 });
    await world.data.execute(sql`UPDATE job SET rodan_error_summary = 'old' WHERE legacy_id = ${split}`);
    expect(await world.update(uuid, { status: 31 })).toMatchObject({ status: 31, state: 'QUEUED' });
    expect(await world.statuses(uuid)).toEqual([11, [1, 0, 0, 0]]);
    const run = await world.run(uuid);
    expect(run).toMatchObject({ state: 'RUNNING', stateReason: 'Retrying', finishedAt: null });
    expect(run.runJobs[0]).toMatchObject({ errorSummary: '', errorDetails: '', settings: { angle: 2 } });
    await world.workOff();
    expect(await world.statuses(uuid)).toEqual([4, [4, 4, 4, 4]]);
    expect(await requests(uuid)).toEqual(['1 run', '2 cancel', '3 retry']);
  });

  it('keeps what had finished', async () => {
    const { uuid, runJobs } = await begun();
    await world.claim();
    await world.finish(runJobs[0]!);
    await world.claim();
    await world.fail(runJobs[2]!);
    await world.update(uuid, { status: 31 });
    expect(await world.statuses(uuid)).toEqual([11, [4, 1, 1, 0]]);
  });
});

describe('redoing', () => {
  it('is answered with the link and the old status, then the run job and its readers begin anew', async () => {
    const { uuid, runJobs } = await finished();
    const [, left] = runJobs as [string, string];
    await world.data
      .execute(sql`UPDATE job SET rodan_error_summary = 'kept', rodan_settings = '{"@a":1,"b":12345678901234567890}'
      WHERE legacy_id = ${left}`);
    const answer = await world.update(uuid, { lastRedoneRunJobTree: `/runjob/${left}/` });
    expect(answer).toMatchObject({ status: 4, state: 'SUCCEEDED', lastRedoneRunJobTreeUuid: left });
    expect(await world.statuses(uuid)).toEqual([11, [4, 1, 4, 0]]);
    const run = await world.run(uuid);
    expect(run.lastRedoneRunJobTreeUuid).toBe(left);
    expect(run.runJobs[1]).toMatchObject({ errorSummary: 'kept' });
    const files = run.runJobs.map(({ outputs }: any) => outputs[0].resource.compatFile !== null);
    expect(files).toEqual([true, false, true, false]);
    const [kept] = await world.server.app.store.reader.all(
      sql`SELECT rodan_settings AS settings FROM job WHERE legacy_id = ${left}`,
    );
    expect(kept).toEqual({ settings: '{"b":12345678901234567890}' });
    await world.workOff();
    expect(await world.statuses(uuid)).toEqual([4, [4, 4, 4, 4]]);
    expect(await requests(uuid)).toEqual(['1 run', '2 redo']);
    expect(await world.update(uuid, { lastRedoneRunJobTree: null })).toMatchObject({
      status: 4,
      lastRedoneRunJobTreeUuid: null,
    });
  });

  it('stops at run jobs that are scheduled', async () => {
    const { uuid, runJobs } = await begun();
    const [split] = runJobs as [string];
    await world.claim();
    await world.finish(split);
    await world.update(uuid, { lastRedoneRunJobTree: split });
    expect(await world.statuses(uuid)).toEqual([11, [1, 0, 0, 0]]);
  });

  it('is refused for a run job that is not of the run, or not yet processed, or cancelled', async () => {
    const { uuid, runJobs } = await begun();
    const other = await begun();
    const texts: [unknown, string][] = [
      [other.runJobs[0], 'Requested RunJob is not in this WorkflowRun.'],
      [runJobs[1], 'Requested RunJob is not yet processed.'],
      [5, 'Incorrect type. Expected URL string, received int.'],
      ['x', 'Invalid hyperlink - No URL match.'],
      [`/workflowrun/${uuid}/`, 'Invalid hyperlink - Incorrect URL match.'],
      [`/runjob/${randomUUID()}/`, 'Invalid hyperlink - Object does not exist.'],
    ];
    for (const [link, text] of texts) {
      expect(await errorsOf(uuid, { lastRedoneRunJobTree: link, name: 'x'.repeat(101) })).toEqual({ [REDONE]: [text] });
    }
    await world.update(uuid, { status: 29 });
    expect(await errorsOf(uuid, { lastRedoneRunJobTree: runJobs[0] })).toEqual({
      [REDONE]: ['Requested RunJob is not yet processed.'],
    });
  });

  it('may be asked for together with another request', async () => {
    const { uuid, runJobs } = await begun();
    const answer = await world.update(uuid, { status: 29, lastRedoneRunJobTree: runJobs[0] });
    expect(answer).toMatchObject({ status: 29, lastRedoneRunJobTreeUuid: runJobs[0] });
    expect(await world.statuses(uuid)).toEqual([11, [1, 0, 0, 0]]);
    expect(await requests(uuid)).toEqual(['1 run', '2 cancel', '3 redo']);
  });
});

describe('a change of a run', () => {
  it('of status is refused from any other status', async () => {
    const processing = await begun();
    const over = await finished();
    const cancelled = await begun();
    await world.update(cancelled.uuid, { status: 29 });
    const refused: [string, number[]][] = [
      [processing.uuid, [31, 21, 1, 9, 5, -1, 2_000_000_000]],
      [over.uuid, [29, 31]],
      [cancelled.uuid, [29]],
    ];
    for (const [uuid, statuses] of refused) {
      for (const status of statuses)
        expect(await errorsOf(uuid, { status, name: 5 === status ? null : 'n' })).toEqual(INVALID_STATUS);
    }
    expect(await errorsOf(over.uuid, { status: 0, name: 'x'.repeat(101) })).toEqual({
      status: ['"0" is not a valid choice.'],
      name: ['Ensure this field has no more than 100 characters.'],
    });
    expect(await errorsOf(over.uuid, { status: null })).toEqual({ status: ['This field may not be null.'] });
  });

  it('changes nothing when another field is at fault', async () => {
    const { uuid } = await begun();
    expect(await errorsOf(uuid, { status: 29, workflow: null, description: 'd' })).toEqual({
      workflow: ['This field may not be null.'],
    });
    expect(await errorsOf(uuid, { status: 29, name: '\0' })).toEqual({ name: ['Null characters are not allowed.'] });
    expect(await world.ask(UPDATE, { uuid, input: { status: 29 }, check: 'ALL' })).toEqual({
      rodanUpdateWorkflowRun: null,
    });
    expect(await world.statuses(uuid)).toEqual([1, [1, 0, 0, 0]]);
    expect(await requests(uuid)).toEqual(['1 run']);
  });

  it('of name, description and workflow is written, and told to who follows the run', async () => {
    const { uuid } = await begun();
    const after = await head();
    const workflow = await world.data.workflow(world.project, { name: 'other' });
    const change = { name: 'n', description: '', workflow: `/workflow/${workflow}/` };
    expect(await world.update(uuid, change)).toMatchObject({
      name: 'n',
      givenName: 'n',
      description: '',
      workflowUuid: workflow,
      status: 1,
    });
    expect(await world.update(uuid, { name: null, description: null })).toMatchObject({
      name: 'other',
      givenName: null,
      description: null,
    });
    const changes = await world.server.app.store.reader.all(
      sql`SELECT kind, from_state AS "from", to_state AS "to" FROM change_log WHERE sequence > ${after} AND kind = 2`,
    );
    expect(changes).toEqual(Array.from({ length: 2 }, () => ({ kind: 2, from: 2, to: 2 })));
  });

  it('may be made by members of the project only', async () => {
    const { uuid } = await begun();
    const outsider = await world.refusal(UPDATE, { uuid, input: { status: 29 } }, world.tokens.zoe);
    expect(outsider).toEqual({ code: 'NOT_FOUND', message: 'Not found.' });
    for (const unknown of [randomUUID(), 'x', '\0']) {
      expect((await world.refusal(UPDATE, { uuid: unknown, input: {} })).code).toBe('NOT_FOUND');
    }
    const { errors } = await world.server.graphql(UPDATE, { uuid, input: {} });
    expect(errors![0]!.extensions['code']).toBe('UNAUTHENTICATED');
    expect((await world.update(uuid, { status: 29 }, world.tokens.wil)).status).toBe(29);
  });
});

describe('deleting a run', () => {
  it('takes its run jobs, inputs and outputs along, leaves what they made, and counts', async () => {
    const { uuid, runJobs } = await begun();
    await world.claim();
    await world.finish(runJobs[0]!);
    await world.claim();
    const { outputs } = (await world.run(uuid)).runJobs[0];
    const after = await head();
    expect((await world.refusal(DELETE, { uuid }, world.tokens.zoe)).code).toBe('NOT_FOUND');
    expect(await world.ask(DELETE, { uuid })).toEqual({ rodanDeleteWorkflowRun: true });
    expect(await world.run(uuid)).toBeNull();
    const rows = async (statement: ReturnType<typeof sql>) => world.server.app.store.reader.all(statement);
    for (const table of ['rodan_input', 'rodan_output']) {
      expect(await rows(sql`SELECT id FROM ${raw(table)} WHERE run_job_uuid = ${runJobs[0]!}`)).toEqual([]);
    }
    expect(
      await rows(sql`SELECT origin_uuid AS origin FROM rodan_resource WHERE uuid = ${outputs[0].resource.uuid}`),
    ).toEqual([{ origin: null }]);
    expect(await rows(sql`SELECT kind FROM change_log WHERE sequence > ${after} AND deleted = ${true}`)).toEqual([
      { kind: 2 },
    ]);
    const counted = await rows(
      sql`SELECT kind, state, total FROM state_count WHERE system = 4 AND total <> 0 ORDER BY kind, state`,
    );
    const present = ['event', 'build', 'job'].map(
      (table, index) =>
        `SELECT ${index + 1} AS kind, state, COUNT(*) AS total FROM ${table} WHERE system = 4 GROUP BY state`,
    );
    expect(counted).toEqual(await rows(raw(`${present.join(' UNION ALL ')} ORDER BY 1, 2`)));
    expect((await world.refusal(FINISH_TWO, { uuid: runJobs[1] }, world.tokens.one)).code).toBe('NOT_FOUND');
    expect((await world.refusal(DELETE, { uuid })).code).toBe('NOT_FOUND');
  });
});

const AWAIT = `mutation ($uuid: String!, $settings: JSONObject!) { rodanAwaitInput(uuid: $uuid, settings: $settings) { status } }`;
const FINISH_TWO = 'mutation ($uuid: String!) { rodanFinishRunJob(uuid: $uuid) { status } }';

/** Events of a run, in order: number and old word. */
async function requests(uuid: string): Promise<string[]> {
  const rows = await world.server.app.store.reader.all<{ id: string; word: string }>(
    sql`SELECT legacy_id AS id, legacy_state AS word FROM event WHERE rodan_run_uuid = ${uuid} ORDER BY id`,
  );
  return rows.map(({ id, word }) => `${id.split('/')[1] ?? 1} ${word}`);
}

async function head(): Promise<number> {
  const [row] = await world.server.app.store.reader.all<{ sequence: number }>(
    sql`SELECT sequence FROM change_log_head`,
  );
  return row!.sequence;
}
