import { hostname } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { State } from '../../../src/core/model/states.js';
import { recount } from '../../../src/core/list/count.js';
import { sql } from '../../../src/core/store/sql.js';
import { BuildapiGateway, REVISION, START, storeJob, type WorldSpec } from './world.js';

let gateway: BuildapiGateway;
afterEach(() => gateway.close());

async function start(world: WorldSpec): Promise<BuildapiGateway> {
  gateway = await BuildapiGateway.start(world);
  return gateway;
}

const RUN = ['QUEUED', 'RUNNING', 'SUCCEEDED'];
const FAIL = ['QUEUED', 'RUNNING', 'FAILED'];
const NOW = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Completes a request behind the agent's back, between the check of a verb and the work of the agent. */
async function logAs(action: string, what: object): Promise<any> {
  const number = 900;
  await storeJob(gateway.server.app.store, number, {
    name: action,
    buildapi_what: JSON.stringify(what),
    buildapi_imported: false,
  });
  await gateway.job('buildapiNewNightlyAtRevision(branch: "try", revision: "x")');
  const document = `{ job(system: BUILDAPI, legacyId: "900") { state stateReason ... on BuildapiJob { completeData } } }`;
  return (await gateway.anonymous.run(document)).job;
}

describe('reprioritize', () => {
  it('sets the priority of a pending request: Ok', async () => {
    await start({ requests: [{ number: 1 }] });
    const { job, states } = await gateway.job('buildapiReprioritize(branch: "ash", requestId: "1", priority: -5)');
    expect(states).toEqual(RUN);
    expect(job).toEqual({
      name: 'reprioritize',
      action: 'reprioritize',
      state: 'SUCCEEDED',
      stateReason: 'Ok',
      requester: 'alice',
      createdAt: expect.stringMatching(NOW),
      finishedAt: expect.stringMatching(NOW),
      number: 1001,
      what: { brid: 1, priority: -5 },
      completeData: { request_id: 1001, body: { errors: false, msg: 'Ok' } },
      imported: false,
    });
    expect((await gateway.request(1)).priority).toBe(-5);
  });

  it('leaves a request that was completed meanwhile as it is', async () => {
    await start({ requests: [{ number: 1, results: 0 }] });
    const { completeData } = await logAs('reprioritize', { brid: 1, priority: 9 });
    expect(completeData.body).toEqual({ errors: false, msg: 'Request is complete, nothing to do' });
    expect((await gateway.request(1)).priority).toBe(0);
  });

  it('says so when there is no such request', async () => {
    await start({});
    const job = await logAs('reprioritize', { brid: 1, priority: 9 });
    expect(job).toEqual({
      state: 'FAILED',
      stateReason: 'No request with that id',
      completeData: { request_id: 900, body: { errors: true, msg: 'No request with that id' } },
    });
  });
});

describe('cancel_request', () => {
  it('completes a pending request with result 2, which is CANCELED', async () => {
    await start({ requests: [{ number: 1, changes: [7] }], changes: [[7, 'kim', State.QUEUED]] });
    const { job } = await gateway.job('buildapiCancelRequest(branch: "ash", requestId: "001")');
    expect(job.what).toEqual({ brid: 1 });
    expect(job.completeData).toEqual({ request_id: 1001, body: { errors: false, msg: '1: Ok' } });
    expect(await gateway.request(1)).toMatchObject({
      state: 'CANCELED',
      stateReason: 'cancelled while pending',
      complete: true,
      results: 2,
      claimedAt: 0,
      attempts: [],
      finishedAt: expect.stringMatching(NOW),
      pushes: [{ legacyId: '7', state: 'CANCELED', requester: 'kim' }],
    });
  });

  it('stops a running request: its build ends, result 6', async () => {
    const attempts = [
      [91, 12],
      [92, 13],
    ] as const;
    await start({
      requests: [{ number: 1, claimed: 20, attempts, changes: [7] }],
      changes: [[7, 'kim', State.RUNNING]],
    });
    const { job } = await gateway.job('buildapiCancelRequest(branch: "ash", requestId: "1")');
    expect(job.completeData.body).toEqual({ errors: false, msg: '1: Ok' });
    expect(await gateway.request(1)).toMatchObject({
      state: 'CANCELED',
      stateReason: 'cancelled',
      results: 6,
      claimedAt: START + 20,
      attempts: [
        { buildId: 91, finishedAt: '2015-06-01T12:02:31Z' },
        { buildId: 92, finishedAt: expect.stringMatching(/^20[2-9]/) },
      ],
      pushes: [{ state: 'CANCELED' }],
    });
  });

  it('does nothing to a complete request, and says when there is none', async () => {
    await start({ requests: [{ number: 1, results: 0 }] });
    const { job } = await gateway.job('buildapiCancelRequest(branch: "ash", requestId: "1")');
    expect(job.completeData.body).toEqual({ errors: false, msg: 'Request 1 is complete, nothing to do' });
    expect((await gateway.request(1)).results).toBe(0);
    expect((await logAs('cancel_request', { brid: 77 })).completeData.body).toEqual({
      errors: true,
      msg: 'No request with that id',
    });
  });
});

describe('cancel_build', () => {
  const shared = { claimed: 20, master: 'master1:/builds' };
  it('stops the build with all requests that it physically serves, and no others', async () => {
    await start({
      requests: [
        { number: 1, ...shared, attempts: [[91, 12]] },
        { number: 2, ...shared, attempts: [[92, 12]] },
        { number: 3, ...shared, attempts: [[93, 13]] },
        { number: 4, ...shared, master: 'master2:/builds', attempts: [[94, 12]] },
        { number: 5, ...shared, claimed: 21, attempts: [[95, 12]] },
        { number: 6, ...shared, name: 'Linux ash debug', attempts: [[96, 12]] },
      ],
    });
    const { job } = await gateway.job('buildapiCancelBuild(branch: "ash", buildId: "91")');
    expect(job).toMatchObject({ what: { bid: 91 }, completeData: { body: { errors: false, msg: 'Ok' } } });
    const requests = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => gateway.request(number)));
    expect(requests.map(({ results }) => results)).toEqual([6, 6, null, null, null, null]);
    expect(requests.map(({ attempts }) => attempts[0].finishedAt !== null)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('does nothing when its request is complete, and says when there is no such build', async () => {
    await start({ requests: [{ number: 1, claimed: 20, results: 0, attempts: [[91, 12]] }] });
    const { job } = await gateway.job('buildapiCancelBuild(branch: "ash", buildId: "91")');
    expect(job.completeData.body).toEqual({ errors: false, msg: 'Build is complete, nothing to do' });
    expect((await logAs('cancel_build', { bid: 1 })).completeData.body).toEqual({
      errors: true,
      msg: 'No build with that id',
    });
  });
});

describe('cancel_revision', () => {
  it('cancels what is left of the revision on the branch, by id, and says each', async () => {
    await start({
      requests: [
        { number: 1 },
        { number: 2, results: 0 },
        { number: 3, branch: 'ash-linux-unittest', claimed: 20, attempts: [[93, 1]] },
        { number: 4, branch: 'mozilla-ash-x' },
        { number: 5, revision: '001122334456' },
        { number: 6, branch: 'try' },
        { number: 7, revision: null },
        { number: 8, revision: REVISION.slice(0, 12), branch: null },
        { number: 9, revision: REVISION.slice(0, 12) },
      ],
    });
    const { job } = await gateway.job(`buildapiCancelRevision(branch: "ash", revision: "${REVISION}")`);
    expect(job.what).toEqual({ branch: 'ash', revision: '001122334455' });
    expect(job.completeData.body).toEqual({ errors: false, msg: '1: Ok\n3: Ok\n9: Ok' });
    const requests = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => gateway.request(number)));
    expect(requests.map(({ results }) => results)).toEqual([2, 0, 6, null, null, null, null, null, 2]);
  });

  it('is well with nothing to cancel, and takes wildcards for what they are', async () => {
    await start({ requests: [{ number: 1 }] });
    const { job } = await gateway.job('buildapiCancelRevision(branch: "ash", revision: "00%")');
    expect(job.completeData.body).toEqual({ errors: false, msg: '' });
    expect((await gateway.request(1)).complete).toBe(false);
  });
});

describe('rebuild', () => {
  const again = {
    name: 'Linux ash build',
    state: 'QUEUED',
    complete: false,
    results: null,
    priority: 4,
    claimedAt: 0,
    claimedByName: null,
    sourceBranch: 'projects/ash',
    revision: REVISION,
    buildReason: 'Self-serve: Rebuilt by alice',
    properties: { buildid: '20150601050010' },
    attempts: [],
    project: { name: 'ash' },
    startedAt: null,
    submittedAt: expect.stringMatching(NOW),
  };

  it('of a request makes as many pending ones of the same source stamp', async () => {
    await start({
      requests: [{ number: 1, claimed: 20, results: 2, attempts: [[91, 12]], changes: [7, 8] }],
      changes: [
        [7, 'kim', State.FAILED],
        [8, 'lee', State.FAILED],
      ],
    });
    const { job } = await gateway.job('buildapiRebuildRequest(branch: "ash", requestId: "1", priority: 4, count: 2)');
    expect(job.what).toEqual({ brid: 1, priority: 4, count: 2 });
    expect(job.completeData.body).toEqual({ errors: false, msg: 'Ok' });
    const pushes = ['7', '8'].map((legacyId) => ({ legacyId, state: 'RUNNING', requester: expect.anything() }));
    const made = { ...again, requester: 'kim', pushes };
    expect(await gateway.made()).toEqual([expect.objectContaining(made), expect.objectContaining(made)]);
    expect(await gateway.request(1)).toMatchObject({ state: 'FAILED', stateReason: 'failure', priority: 0 });
  });

  it('of a build makes its request again, once by default', async () => {
    await start({ requests: [{ number: 1, claimed: 20, attempts: [[91, 12]] }] });
    const { job } = await gateway.job('buildapiRebuildBuild(branch: "ash", buildId: "91")');
    expect(job).toMatchObject({ what: { bid: 91, priority: 0, count: 1 }, stateReason: 'Ok' });
    const made = { ...again, priority: 0, requester: 'alice', pushes: [] };
    expect(await gateway.made()).toEqual([expect.objectContaining(made)]);
  });

  it.each([0, -3])('%i times makes nothing: Ok', async (count) => {
    await start({ requests: [{ number: 1 }] });
    const { job } = await gateway.job(`buildapiRebuildRequest(branch: "ash", requestId: "1", count: ${count})`);
    expect(job.completeData.body).toEqual({ errors: false, msg: 'Ok' });
    expect(await gateway.made()).toEqual([]);
  });

  it('says when there is none', async () => {
    await start({});
    const build = await logAs('rebuild_build', { bid: 5, priority: 0, count: 1 });
    expect(build.completeData.body).toEqual({ errors: true, msg: 'No build with that id' });
  });
});

describe('new builds', () => {
  const ids = { buildid: expect.stringMatching(/^20\d{12}$/), builduid: expect.stringMatching(/^[0-9a-f]{32}$/) };

  it.each([
    ['buildapiNewPgoBuildAtRevision', 'new_pgobuild_at_revision', 'Linux ash pgo-build'],
    ['buildapiNewNightlyAtRevision', 'new_nightly_at_revision', 'Linux ash nightly'],
  ])('%s requests the builders of that kind', async (mutation, action, name) => {
    await start({});
    const { job } = await gateway.job(`${mutation}(branch: "ash", revision: "${REVISION}", priority: 3)`);
    expect(job).toMatchObject({ action, what: { branch: 'ash', revision: REVISION, priority: 3 }, stateReason: 'Ok' });
    expect(await gateway.made()).toEqual([
      expect.objectContaining({
        name,
        priority: 3,
        sourceBranch: 'projects/ash',
        revision: REVISION,
        buildReason: 'Self-serve: Requested by alice',
        requester: 'alice',
        properties: ids,
        pushes: [],
        project: { name: 'ash' },
      }),
    ]);
  });

  it('says when the branch has no such builder', async () => {
    await start({});
    const { job } = await gateway.job('buildapiNewNightlyAtRevision(branch: "try", revision: "x")');
    expect(job.completeData.body).toEqual({ errors: false, msg: 'No builds to create' });
    expect(await gateway.made()).toEqual([]);
  });

  it('for a builder come with a change of their own and the properties given', async () => {
    await start({});
    const { job } = await gateway.job(`buildapiNewBuildForBuilder(branch: "ash", revision: "${REVISION}",
      builder: "API 11+", priority: 1, properties: { buildid: "mine", n: 1 }, files: ["x", { y: 1 }])`);
    expect(job.what).toEqual({
      branch: 'ash-selfserve',
      revision: REVISION,
      priority: 1,
      builder_name: 'API 11+',
      properties: { buildid: 'mine', n: 1 },
      files: ['x', { y: 1 }],
    });
    const [made, ...others] = await gateway.made();
    expect(others).toEqual([]);
    expect(made).toMatchObject({
      name: 'API 11+',
      sourceBranch: 'ash',
      buildReason: 'Self-serve: Requested by alice',
      requester: 'alice',
      properties: { buildid: 'mine', n: 1, builduid: ids.builduid },
      pushes: [{ legacyId: '1001', state: 'QUEUED', requester: 'alice' }],
    });
    const { event } = await gateway.anonymous.run(
      `{ event(system: BUILDAPI, legacyId: "1001") { name ... on BuildapiChange { branch revision author: requester files comments } } }`,
    );
    expect(event).toEqual({
      name: REVISION,
      branch: 'ash-selfserve',
      revision: REVISION,
      author: 'alice',
      files: ['x', '{"y":1}'],
      comments: null,
    });
  });

  it('at a revision record the change that the schedulers see', async () => {
    await start({});
    const { job } = await gateway.job(`buildapiNewBuildAtRevision(branch: "ash", revision: "${REVISION}")`);
    expect(job).toMatchObject({ what: { branch: 'ash', revision: REVISION }, stateReason: 'Ok' });
    expect(await gateway.made()).toEqual([
      expect.objectContaining({ name: 'Linux ash build', priority: 0, buildReason: 'scheduler', properties: ids }),
    ]);
    const { event } = await gateway.anonymous.run(
      `{ event(system: BUILDAPI, legacyId: "1001") { requester state ... on BuildapiChange { branch revlink files comments requests { name } } } }`,
    );
    expect(event).toEqual({
      requester: 'alice',
      state: 'QUEUED',
      branch: 'projects/ash',
      revlink: `https://hg.example.org/projects/ash/rev/${REVISION}`,
      files: ['dummy'],
      comments: 'Submitted via self-serve',
      requests: [{ name: 'Linux ash build' }],
    });
  });

  it('at a revision are Ok, too, when there is no builder for them', async () => {
    await start({});
    const { job } = await gateway.job('buildapiNewBuildAtRevision(branch: "try", revision: "x")');
    expect(job.completeData.body).toEqual({ errors: false, msg: 'Ok' });
    expect(await gateway.made()).toEqual([]);
  });
});

describe('The embedded agent', () => {
  it('completes a job that cannot be done with an error, and stores nothing of it', async () => {
    await start({ requests: [{ number: 1 }] });
    const { store } = gateway.server.app;
    await store.transact({ userName: null, userId: null, admin: true, roles: new Set() }, async (transaction) => {
      await transaction.all(sql`UPDATE buildapi_branch SET attributes = '{}' WHERE name = 'ash'`);
    });
    const { job, states } = await gateway.job('buildapiNewNightlyAtRevision(branch: "ash", revision: "x")');
    expect(states).toEqual(FAIL);
    const msg = `there was an error processing your request; please check logs on ${hostname()}`;
    expect(job.completeData).toEqual({ request_id: 1001, body: { errors: true, msg } });
    expect(await gateway.made()).toEqual([]);
    const next = await gateway.job('buildapiCancelRequest(branch: "ash", requestId: "1")');
    expect(next.job.state).toBe('SUCCEEDED');
  });

  it('does jobs in the order of their ids, and each once', async () => {
    await start({ requests: [{ number: 1 }] });
    const asked = Array.from({ length: 12 }, (_, index) =>
      gateway.alice.run(
        `mutation { buildapiRebuildRequest(branch: "ash", requestId: "1", priority: ${index}) { number } }`,
      ),
    );
    const answers = await Promise.all(asked);
    const numbers = answers.map(({ buildapiRebuildRequest }) => buildapiRebuildRequest.number as number);
    await gateway.completed(Math.max(...numbers));
    const { jobs } = await gateway.anonymous.run(
      `{ jobs(orderBy: { field: LEGACY_ID }) { nodes { ... on BuildapiJob { number what } } } }`,
    );
    expect(jobs.nodes.map((job: any) => job.number)).toEqual(numbers.toSorted((one, other) => one - other));
    const made = await gateway.made();
    expect(made.map(({ priority }) => priority)).toEqual(jobs.nodes.map((job: any) => job.what.priority));
    const { stateChanges } = await gateway.anonymous.run(
      `{ stateChanges(first: 100, filter: { kind: { eq: JOB }, to: { eq: SUCCEEDED } }) { nodes { job { legacyId } } } }`,
    );
    const ended = stateChanges.nodes.map(({ job }: any) => Number(job.legacyId));
    expect(ended).toEqual(numbers.toSorted((one, other) => one - other));
  });

  it('keeps the counters exact', async () => {
    await start({ requests: [{ number: 1, changes: [7] }], changes: [[7, 'kim', State.QUEUED]] });
    await gateway.job('buildapiRebuildRequest(branch: "ash", requestId: "1", count: 3)');
    await gateway.job(`buildapiCancelRevision(branch: "ash", revision: "${REVISION}")`);
    const { reader } = gateway.server.app.store;
    const counters = await reader.all(
      sql`SELECT system, kind, state, total FROM state_count WHERE total <> 0 ORDER BY 1, 2, 3`,
    );
    expect(counters).toEqual(await recount(reader));
  });

  it('never runs imported jobs', async () => {
    await start({ requests: [{ number: 1 }] });
    await storeJob(gateway.server.app.store, 3);
    await gateway.job('buildapiNewNightlyAtRevision(branch: "try", revision: "x")');
    const { job } = await gateway.anonymous.run(
      `{ job(system: BUILDAPI, legacyId: "3") { state finishedAt ... on BuildapiJob { imported completeData } } }`,
    );
    expect(job).toEqual({ state: 'QUEUED', finishedAt: null, imported: true, completeData: null });
    expect((await gateway.request(1)).complete).toBe(false);
  });
});
