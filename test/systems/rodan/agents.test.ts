import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../src/core/store/sql.js';
import { CLAIM, FAIL, FINISH, RunsWorld, type Diamond } from './runs-world.js';

let world: RunsWorld;
let diamond: Diamond;

beforeAll(async () => {
  world = await RunsWorld.start();
  diamond = await world.diamond();
});
afterAll(() => world.close());

const RENEW = `mutation ($uuid: String!, $seconds: Int!) { rodanRenewRunJob(uuid: $uuid, leaseSeconds: $seconds) { status } }`;
const AWAIT = `mutation ($uuid: String!, $settings: JSONObject!) {
  rodanAwaitInput(uuid: $uuid, settings: $settings) { status state stateReason settings errorSummary } }`;
const ASK = { first: 1, leaseSeconds: 3600 };

/** The only run job that is offered. */
async function offered(): Promise<string> {
  await world.startDiamond(diamond);
  const [uuid] = await world.claim();
  return uuid!;
}

/** As if a lease had run out. */
async function expire(uuid: string): Promise<void> {
  await world.data.execute(sql`UPDATE job SET rodan_agent_until = 1 WHERE legacy_id = ${uuid}`);
}

async function codeOf(document: string, variables: object, token = world.tokens.one): Promise<string> {
  return (await world.refusal(document, variables, token)).code;
}

describe('agents', () => {
  it('need the role', async () => {
    const uuid = await offered();
    const documents: [string, object][] = [
      [CLAIM, ASK],
      [FINISH, { uuid }],
      [FAIL, { uuid, summary: 's' }],
      [RENEW, { uuid, seconds: 1 }],
      [AWAIT, { uuid, settings: {} }],
    ];
    for (const [document, variables] of documents) {
      expect(await codeOf(document, variables, world.tokens.mia)).toBe('FORBIDDEN');
      const { errors } = await world.server.graphql(document, variables);
      expect(errors![0]!.extensions['code']).toBe('UNAUTHENTICATED');
    }
    await world.finish(uuid);
    await world.workOff();
  });

  it('get what they can do, those offered longest first, each for one of them', async () => {
    const runs = [await world.startDiamond(diamond), await world.startDiamond(diamond)];
    expect(await world.claim({ jobNames: ['acme.jobs.turn', '%', "'"] })).toEqual([]);
    const [first] = await world.claim({ first: 1, jobNames: ['acme.jobs.split'] });
    const [second] = await world.claim({ first: 5 }, world.tokens.two);
    const heads = await Promise.all(runs.map((uuid) => world.run(uuid)));
    expect([first, second]).toEqual(heads.map(({ runJobs }) => runJobs[0].uuid));
    expect(await world.claim()).toEqual([]);
    await world.finish(first!);
    await world.finish(second!, {}, world.tokens.two);
    await world.workOff();
    expect(await world.claim({ jobNames: [] })).toEqual([]);
  });

  it('lose what they neither end nor renew in time to whoever asks next, and it is told to them', async () => {
    const uuid = await offered();
    expect(await world.claim({}, world.tokens.two)).toEqual([]);
    await expire(uuid);
    await world.ask(RENEW, { uuid, seconds: 3600 }, world.tokens.one);
    expect(await world.claim({}, world.tokens.two)).toEqual([]);
    await expire(uuid);
    expect(await world.claim({}, world.tokens.two)).toEqual([uuid]);
    for (const document of [FINISH, FAIL, RENEW, AWAIT]) {
      const variables = { uuid, summary: 's', seconds: 1, settings: {} };
      expect(await codeOf(document, variables)).toBe('CONFLICT');
    }
    await world.finish(uuid, {}, world.tokens.two);
    expect(await codeOf(FINISH, { uuid }, world.tokens.two)).toBe('CONFLICT');
    await world.workOff();
  });

  it('cannot end what they never took, or what was cancelled meanwhile', async () => {
    const run = await world.startDiamond(diamond);
    const { uuid } = (await world.run(run)).runJobs[0];
    expect(await codeOf(FINISH, { uuid })).toBe('CONFLICT');
    await world.claim();
    await world.update(run, { status: 29 });
    expect(await codeOf(FINISH, { uuid })).toBe('CONFLICT');
    await world.update(run, { status: 31 });
    // It is offered anew: the one who had it has it no more.
    expect(await codeOf(FINISH, { uuid })).toBe('CONFLICT');
    await world.workOff();
    expect(await world.statuses(run)).toEqual([4, [4, 4, 4, 4]]);
  });

  it('may end imported run jobs, which are not offered', async () => {
    const run = await world.data.run({ project: world.project, workflow: diamond.workflow, creator: world.users.mia });
    const runJob = await world.data.runJob(run);
    expect(await world.claim()).toEqual([]);
    await world.fail(runJob.uuid, '');
    expect(await world.statuses(run.uuid)).toEqual([-1, [-1]]);
    expect(await world.run(run.uuid)).toMatchObject({ stateReason: 'Failed' });
  });

  it('say where files are, or leave them in the usual place', async () => {
    const uuid = await offered();
    const [{ outputs }] = (await world.run(await runOf(uuid))).runJobs;
    const [{ uuid: output, resource }] = outputs;
    const bad = ['', '/etc/passwd', 'a//b', '../a', 'a/./b', 'a\\b', 'a\nb', '\0', '\ud800', 'x'.repeat(1001)];
    for (const path of bad) {
      for (const member of ['file', 'compatFile', 'smallThumb']) {
        const input = { outputs: [{ output, [member]: path }] };
        expect(await codeOf(FINISH, { uuid, input })).toBe('INVALID');
      }
    }
    for (const other of ['x', resource.uuid]) {
      expect(await codeOf(FINISH, { uuid, input: { outputs: [{ output: other }] } })).toBe('INVALID');
    }
    const input = { outputs: [{ output: output.toUpperCase(), compatFile: 'a/b.png', smallThumb: 'a/s.png' }] };
    await world.finish(uuid, input);
    const digits = (text: string): string => text.replaceAll('-', '');
    const shown = (await world.run(await runOf(uuid))).runJobs[0].outputs[0].resource;
    expect(shown).toMatchObject({ compatFile: 'a/b.png', hasThumb: true });
    const [left] = await world.claim({ first: 1 });
    await world.finish(left!);
    const done = (await world.run(await runOf(uuid))).runJobs.find((one: any) => one.uuid === left);
    const [made] = done.outputs;
    expect(made.resource.compatFile).toBe(
      `projects/${digits(world.project)}/resources/${digits(made.resource.uuid)}/compat_file.png`,
    );
    await world.workOff();
  });

  it('fill resource lists, which keep their members when they are redone', async () => {
    const { data, project, jobs } = world;
    const sort = await data.job('acme.jobs.sort', { inputs: { page: {} }, outputs: { pages: { list: true } } });
    const bind = await data.job('acme.jobs.bind', { inputs: { pages: { list: true } }, outputs: { page: {} } });
    const workflow = await data.workflow(project, { valid: true });
    const sorting = await data.workflowJob(workflow, sort);
    const binding = await data.workflowJob(workflow, bind);
    await data.connection(sorting.outputs['pages']!, binding.inputs['pages']!);
    expect(jobs.turn.name).toBe('acme.jobs.turn');
    const resourceAssignments = [{ inputPort: sorting.inputs['page'], resources: [diamond.page] }];
    const { uuid: run } = await world.create({ workflow, resourceAssignments });
    const [runJob] = await world.claim();
    const { uuid: output } = (await world.run(run)).runJobs[0].outputs[0];
    expect(await codeOf(FINISH, { uuid: runJob })).toBe('INVALID');
    expect(await codeOf(FINISH, { uuid: runJob, input: { outputs: [{ output, files: [] }] } })).toBe('INVALID');
    const files = [{ name: 'a' }, { name: 'b', compatFile: 'x/b.png' }];
    await world.finish(runJob!, { outputs: [{ output, files }] });
    const list = async () => (await world.run(run)).runJobs[0].outputs[0].resourceList.resources;
    const before = await list();
    expect(before).toMatchObject([{ name: 'a' }, { name: 'b', compatFile: 'x/b.png' }]);
    expect(await world.statuses(run)).toEqual([1, [4, 1]]);
    await world.update(run, { lastRedoneRunJobTree: runJob });
    expect((await list()).map(({ compatFile }: any) => compatFile)).toEqual([null, null]);
    expect(await world.statuses(run)).toEqual([11, [1, 0]]);
    await world.claim();
    const again = [{ compatFile: 'y/a.png' }];
    await world.finish(runJob!, { outputs: [{ output, files: again }] });
    expect(await list()).toEqual([{ uuid: before[0].uuid, name: 'a', compatFile: 'y/a.png' }]);
    expect(await world.statuses(run)).toEqual([11, [4, 1]]);
    await world.workOff();
    expect(await world.statuses(run)).toEqual([4, [4, 4]]);
  });

  it('have a run job wait for a user, with notes whose names begin with @', async () => {
    const uuid = await offered();
    for (const settings of [{ angle: 3 }, { '@a': 1, b: 2 }]) {
      expect(await codeOf(AWAIT, { uuid, settings })).toBe('INVALID');
    }
    await world.data.execute(sql`UPDATE job SET rodan_settings = '[1]' WHERE legacy_id = ${uuid}`);
    expect(await codeOf(AWAIT, { uuid, settings: { '@a': 1 } })).toBe('INVALID');
    await world.data.execute(
      sql`UPDATE job SET rodan_settings = '{"angle":1e400,"@a":0}', rodan_error_summary = 'x' WHERE legacy_id = ${uuid}`,
    );
    const answer = await world.ask(AWAIT, { uuid, settings: { '@a': { deep: [1] } } }, world.tokens.one);
    expect(answer.rodanAwaitInput).toMatchObject({
      status: 2,
      state: 'RUNNING',
      stateReason: 'Waiting for input',
      errorSummary: null,
    });
    const [row] = await world.data.store.reader.all(
      sql`SELECT rodan_settings AS text FROM job WHERE legacy_id = ${uuid}`,
    );
    expect(row).toEqual({ text: '{"angle":1e400,"@a":{"deep":[1]}}' });
    expect(await world.claim()).toEqual([]);
  });

  it('are told what is wrong with what they ask for', async () => {
    const bad = [{ first: 0 }, { first: 101 }, { leaseSeconds: 0 }, { leaseSeconds: 86_401 }, { jobNames: ['\0'] }];
    for (const wrong of bad) expect(await codeOf(CLAIM, { ...ASK, ...wrong })).toBe('INVALID');
    for (const uuid of ['', 'x', '\0', '\ud800', diamond.workflow]) {
      expect(await codeOf(FINISH, { uuid })).toBe('NOT_FOUND');
    }
    const uuid = await offered();
    for (const text of ['\0', '\ud800']) {
      expect(await codeOf(FAIL, { uuid, summary: text })).toBe('INVALID');
      expect(await codeOf(FAIL, { uuid, summary: 's', details: text })).toBe('INVALID');
    }
  });
});

async function runOf(runJob: string): Promise<string> {
  const [row] = await world.data.store.reader.all<{ run: string }>(
    sql`SELECT rodan_run_uuid AS run FROM job WHERE legacy_id = ${runJob}`,
  );
  return row!.run;
}
