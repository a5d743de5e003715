import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { startApp, type App } from '../../../src/app.js';
import type { BusMessage } from '../../../src/bus/bus.js';
import type { Config } from '../../../src/config.js';
import { State } from '../../../src/core/model/states.js';
import { sql } from '../../../src/core/store/sql.js';
import type { TestServerOptions } from '../../support/server.js';
import { BuildapiGateway, storeJob, type WorldSpec } from './world.js';

let gateway: BuildapiGateway;
const others: App[] = [];
afterEach(async () => {
  await Promise.all(others.splice(0).map((app) => app.close()));
  await gateway.close();
});

const EXTERNAL = { env: { BUILDGATE_BUILDAPI_AGENT: 'external' } };
const EXCHANGE = 'buildapi.control';

async function start(world: WorldSpec = {}, options: TestServerOptions = {}): Promise<BuildapiGateway> {
  gateway = await BuildapiGateway.start(world, options);
  return gateway;
}

/** Another gateway on the same database, with an agent of its own. */
async function another(agent: Config['buildapi']['agent']): Promise<App> {
  const { config } = gateway.server;
  const app = await startApp(
    { ...config, buildapi: { ...config.buildapi, agent } },
    { logger: pino({ level: 'silent' }) },
  );
  others.push(app);
  return app;
}

const JOB = `query ($job: String!) { job(system: BUILDAPI, legacyId: $job) {
  state stateReason finishedAt ... on BuildapiJob { completeData } } }`;

async function jobOf(number: number): Promise<any> {
  return (await gateway.anonymous.run(JOB, { job: String(number) })).job;
}

/** Sends a message as an agent does. */
function finished(body: string): Promise<void> {
  return gateway.server.app.bus.publish({ exchange: EXCHANGE, topic: 'finished', body });
}

const NIGHTLY = 'mutation { buildapiNewNightlyAtRevision(branch: "try", revision: "r") { number state } }';

describe('A job request', () => {
  it('is a row, a change and a message, with what, when and the id of the job in its body', async () => {
    await start({ requests: [{ number: 1 }] }, EXTERNAL);
    const messages: BusMessage[] = [];
    const { bus } = gateway.server.app;
    await bus.subscribe('#', (message) => void messages.push(message), { exchange: EXCHANGE });
    const { buildapiReprioritize: job } = await gateway.alice.run(
      `mutation { buildapiReprioritize(branch: "ash", requestId: "1", priority: 5) { number state createdAt completeData
        finishedAt changes { nodes { from to actor } } } }`,
    );
    await gateway.server.settled();
    expect(job).toEqual({
      number: 1001,
      state: 'QUEUED',
      createdAt: expect.any(String),
      completeData: null,
      finishedAt: null,
      changes: { nodes: [{ from: null, to: 'QUEUED', actor: 'alice' }] },
    });
    const when = Date.parse(job.createdAt) / 1000;
    expect(messages).toEqual([
      {
        exchange: EXCHANGE,
        topic: 'requests',
        contentEncoding: 'utf-8',
        body: JSON.stringify({
          action: 'reprioritize',
          who: 'alice',
          body: { brid: 1, priority: 5, when, request_id: 1001 },
        }),
      },
    ]);
    expect((await gateway.request(1)).priority).toBe(0);
  });

  it('is closed when the broker does not take its message', async () => {
    await start(
      { requests: [{ number: 1 }] },
      { env: { BROKER_URL: 'amqp://127.0.0.1:1', BUILDGATE_BUILDAPI_SEND_TIMEOUT_SECONDS: '1' } },
    );
    const refusal = await gateway.alice.refusal(
      'mutation { buildapiCancelRequest(branch: "ash", requestId: "1") { number } }',
    );
    const msg = "Couldn't send message to broker";
    expect(refusal).toEqual({ code: 'UNAVAILABLE', message: msg });
    expect(await jobOf(1001)).toEqual({
      state: 'FAILED',
      stateReason: msg,
      finishedAt: expect.any(String),
      completeData: { request_id: 1001, body: { errors: true, msg } },
    });
    expect(await gateway.server.app.store.reader.all(sql`SELECT * FROM outbox_message`)).toEqual([]);
  });
});

describe('A finished message', () => {
  it.each([
    [{ errors: false, msg: 'Ok' }, 'SUCCEEDED', 'Ok'],
    [{ errors: true, msg: 'No build with that id' }, 'FAILED', 'No build with that id'],
    [{ errors: 'no', msg: 5 }, 'UNKNOWN', null],
    ['whatever', 'UNKNOWN', null],
    [null, 'UNKNOWN', null],
  ])('with the body %j completes the job as %s', async (body, state, stateReason) => {
    await start({}, EXTERNAL);
    await gateway.alice.run(NIGHTLY);
    const message = { request_id: 1001, body, more: [1] };
    await finished(JSON.stringify(message));
    await gateway.completed(1001);
    expect(await jobOf(1001)).toEqual({ state, stateReason, finishedAt: expect.any(String), completeData: message });
  });

  it('overwrites an earlier one; what is none, or names no job, is dropped', async () => {
    await start({}, EXTERNAL);
    await gateway.alice.run(NIGHTLY);
    await finished('{"request_id": 1001, "body": {"errors": true, "msg": "a\\u0000b\\ud800"}}');
    for (const body of ['no json', '[]', 'null', '{}', '{"request_id": null}', '{"request_id": 77}'])
      await finished(body);
    for (const number of ['"1001"', '1e300', '-1', '1.5', '{}']) await finished(`{"request_id": ${number}}`);
    expect(await gateway.completed(1001)).toEqual(['QUEUED', 'FAILED']);
    expect((await jobOf(1001)).stateReason).toBe('a\ufffdb\ufffd');
    await finished('{"request_id": 1001, "body": {"errors": false, "msg": "Ok"}}');
    await gateway.alice.run(NIGHTLY);
    await finished('{"request_id": 1002, "body": {"errors": false}}');
    await gateway.completed(1002);
    expect(await jobOf(1001)).toMatchObject({ state: 'SUCCEEDED', stateReason: 'Ok' });
  });

  it('may come by GraphQL, too', async () => {
    await start({}, EXTERNAL);
    await gateway.alice.run(NIGHTLY);
    const { job } = await gateway.anonymous.run('{ job(system: BUILDAPI, legacyId: "1001") { id } }');
    const finish =
      'mutation ($id: ID!) { buildapiFinishJob(id: $id, body: { errors: false, msg: "Ok" }) { state completeData } }';
    expect(await gateway.alice.refusal(finish, job)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await gateway.anonymous.refusal(finish, job)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await gateway.agent.run(finish, job)).buildapiFinishJob).toEqual({
      state: 'SUCCEEDED',
      completeData: { request_id: 1001, body: { errors: false, msg: 'Ok' } },
    });
    expect(await gateway.agent.refusal(finish, { id: Buffer.from('J34').toString('base64url') })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('Agents of several gateways', () => {
  it('take up what an earlier process logged or began and did not complete', async () => {
    await start({ requests: [{ number: 1 }, { number: 2 }] }, EXTERNAL);
    await storeJob(gateway.server.app.store, 900, { buildapi_imported: false, state: State.RUNNING });
    await gateway.alice.run('mutation { buildapiCancelRequest(branch: "ash", requestId: "2") { number } }');
    await another('embedded');
    expect(await gateway.completed(900)).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(await gateway.completed(1001)).toEqual(['QUEUED', 'RUNNING', 'SUCCEEDED']);
    expect((await gateway.request(1)).results).toBe(2);
    expect((await gateway.request(2)).results).toBe(2);
  });

  it('do each job once', async () => {
    await start({ requests: [{ number: 1 }] });
    const second = new URL((await another('embedded')).url);
    const urls = [gateway.server.url, second.origin];
    const query = 'mutation { buildapiRebuildRequest(branch: "ash", requestId: "1", count: 2) { number } }';
    const ask = async (index: number) => {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${gateway.alice.token}` };
      const body = JSON.stringify({ query });
      const response = await fetch(`${urls[index % 2]}/graphql`, { method: 'POST', headers, body });
      return ((await response.json()) as any).data.buildapiRebuildRequest.number as number;
    };
    const numbers = await Promise.all(Array.from({ length: 10 }, (_, index) => ask(index)));
    for (const number of numbers) expect(await gateway.completed(number)).toEqual(['QUEUED', 'RUNNING', 'SUCCEEDED']);
    expect(await gateway.made()).toHaveLength(20);
  });
});

const CLAIM = `mutation ($id: ID!) { buildapiClaimRequest(id: $id, claimedByName: "m1:/b", claimedByIncarnation: "p1",
  buildNumber: 12, slaveName: "s1") { state claimedByName attempts { buildId buildNumber slaveName finishedAt } } }`;
const FINISH = `mutation ($id: ID!, $results: Int!) { buildapiFinishRequest(id: $id, results: $results) {
  state stateReason complete results claimedAt attempts { buildNumber finishedAt } } }`;
const MOVE = 'mutation ($id: ID!, $to: State!) { transitionBuild(id: $id, to: $to) { state stateReason } }';

async function idOf(number: number): Promise<string> {
  const { build } = await gateway.anonymous.run(`{ build(system: BUILDAPI, legacyId: "${number}") { id } }`);
  return build.id;
}

async function pushState(): Promise<string> {
  return (await gateway.anonymous.run('{ event(system: BUILDAPI, legacyId: "7") { state } }')).event.state;
}

describe('Build masters', () => {
  const world = {
    requests: [
      { number: 1, changes: [7] },
      { number: 2, changes: [7] },
    ],
    changes: [[7, 'kim', State.QUEUED]],
  } as const;

  it('claim and finish requests, whose pushes follow', async () => {
    await start(world);
    const [id, other] = [await idOf(1), await idOf(2)];
    expect((await gateway.agent.run(CLAIM, { id })).buildapiClaimRequest).toEqual({
      state: 'RUNNING',
      claimedByName: 'm1:/b',
      attempts: [{ buildId: 1001, buildNumber: 12, slaveName: 's1', finishedAt: null }],
    });
    expect(await pushState()).toBe('RUNNING');
    expect(await gateway.agent.refusal(CLAIM, { id })).toMatchObject({ code: 'CONFLICT' });
    expect((await gateway.agent.run(FINISH, { id, results: 1 })).buildapiFinishRequest).toMatchObject({
      state: 'FAILED',
      stateReason: 'warnings',
      complete: true,
      results: 1,
    });
    expect(await pushState()).toBe('RUNNING');
    await gateway.agent.run(CLAIM, { id: other });
    await gateway.agent.run(FINISH, { id: other, results: 0 });
    expect(await pushState()).toBe('FAILED');
    expect(await gateway.agent.refusal(FINISH, { id, results: 0 })).toMatchObject({ code: 'CONFLICT' });
    const { event } = await gateway.anonymous.run(
      '{ event(system: BUILDAPI, legacyId: "7") { changes { nodes { from to } } } }',
    );
    expect(event.changes.nodes).toEqual([
      { from: null, to: 'QUEUED' },
      { from: 'QUEUED', to: 'RUNNING' },
      { from: 'RUNNING', to: 'FAILED' },
    ]);
  });

  it('end an attempt with 5, which makes the request pending again', async () => {
    await start(world);
    const id = await idOf(1);
    await gateway.agent.run(CLAIM, { id });
    expect((await gateway.agent.run(FINISH, { id, results: 5 })).buildapiFinishRequest).toEqual({
      state: 'QUEUED',
      stateReason: null,
      complete: false,
      results: null,
      claimedAt: 0,
      attempts: [{ buildNumber: 12, finishedAt: expect.any(String) }],
    });
    expect((await gateway.agent.run(CLAIM, { id })).buildapiClaimRequest.attempts).toHaveLength(2);
  });

  it('are refused without the role, and with a result that is none', async () => {
    await start(world);
    const id = await idOf(1);
    expect(await gateway.alice.refusal(CLAIM, { id })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await gateway.anonymous.refusal(FINISH, { id, results: 0 })).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await gateway.agent.refusal(FINISH, { id, results: 7 })).toMatchObject({ code: 'INVALID' });
    expect((await gateway.request(1)).state).toBe('QUEUED');
  });

  it('move requests by the transitions that all systems share', async () => {
    await start(world);
    const [id, other] = [await idOf(1), await idOf(2)];
    const move = async (build: string, to: string) =>
      (await gateway.agent.run(MOVE, { id: build, to })).transitionBuild;
    expect(await gateway.agent.refusal(MOVE, { id, to: 'SUCCEEDED' })).toMatchObject({ code: 'CONFLICT' });
    expect(await move(id, 'RUNNING')).toEqual({ state: 'RUNNING', stateReason: null });
    expect(await move(id, 'QUEUED')).toEqual({ state: 'QUEUED', stateReason: null });
    await move(id, 'RUNNING');
    expect(await move(id, 'SUCCEEDED')).toEqual({ state: 'SUCCEEDED', stateReason: null });
    const { attempts, claimedByName } = await gateway.request(1);
    expect([claimedByName, attempts.map(({ buildNumber }: any) => buildNumber)]).toEqual(['worker', [0, 0]]);
    expect(await move(other, 'CANCELED')).toEqual({ state: 'CANCELED', stateReason: 'cancelled while pending' });
    expect(await gateway.agent.refusal(MOVE, { id: other, to: 'PLANNED' })).toMatchObject({ code: 'INVALID' });
    expect(await pushState()).toBe('CANCELED');
  });

  it('do not move pushes, which follow their requests', async () => {
    await start(world);
    const { events } = await gateway.anonymous.run('{ events(first: 1) { nodes { id } } }');
    const document = 'mutation ($id: ID!) { transitionEvent(id: $id, to: RUNNING) { id } }';
    expect(await gateway.agent.refusal(document, events.nodes[0])).toEqual({
      code: 'INVALID',
      message: 'id: events of BUILDAPI are not moved by agents.',
    });
  });

  it('move jobs by the transitions that all systems share', async () => {
    await start({}, EXTERNAL);
    await gateway.alice.run(NIGHTLY);
    const { job } = await gateway.anonymous.run('{ job(system: BUILDAPI, legacyId: "1001") { id } }');
    const document =
      'mutation ($id: ID!, $to: State!) { transitionJob(id: $id, to: $to, reason: "Done") { state ... on BuildapiJob { completeData } } }';
    const move = async (to: string) => (await gateway.agent.run(document, { ...job, to })).transitionJob;
    expect(await move('RUNNING')).toEqual({ state: 'RUNNING', completeData: null });
    const body = { errors: false, msg: 'Done' };
    expect(await move('SUCCEEDED')).toEqual({ state: 'SUCCEEDED', completeData: { request_id: 1001, body } });
    expect(await gateway.agent.refusal(document, { ...job, to: 'SKIPPED' })).toMatchObject({ code: 'INVALID' });
  });
});

describe('What is refused logs nothing', () => {
  const cases: [title: string, mutation: string, code: string, message: string][] = [
    ['an unknown branch', 'buildapiCancelRevision(branch: "as", revision: "x")', 'NOT_FOUND', 'Branch as not found'],
    [
      'a branch with NUL',
      'buildapiCancelRevision(branch: "ash\\u0000", revision: "x")',
      'NOT_FOUND',
      'Branch ash\0 not found',
    ],
    [
      'a branch before all else',
      'buildapiRebuildBuild(branch: "x", buildId: "y", count: 2000)',
      'NOT_FOUND',
      'Branch x not found',
    ],
    [
      'a request of another branch',
      'buildapiCancelRequest(branch: "try", requestId: " +01 ")',
      'NOT_FOUND',
      'Request 1 not found on branch try',
    ],
    [
      'a request beyond all numbers',
      'buildapiCancelRequest(branch: "ash", requestId: "99999999999999999999999")',
      'NOT_FOUND',
      'Request 99999999999999999999999 not found on branch ash',
    ],
    [
      'a negative request',
      'buildapiRebuildRequest(branch: "ash", requestId: "-01")',
      'NOT_FOUND',
      'Request -1 not found on branch ash',
    ],
    [
      'a build that is not there',
      'buildapiCancelBuild(branch: "ash", buildId: "1")',
      'NOT_FOUND',
      'Build 1 not found on branch ash',
    ],
    [
      'a complete request',
      'buildapiReprioritize(branch: "ash", requestId: "2", priority: 1)',
      'INVALID',
      'Request already complete',
    ],
    [
      'a running request',
      'buildapiReprioritize(branch: "ash", requestId: "3", priority: 1)',
      'INVALID',
      'Request is already running',
    ],
    [
      'no number',
      'buildapiReprioritize(branch: "ash", requestId: "1.5", priority: 1)',
      'INVALID',
      'Non-integer request id',
    ],
    ['no number', 'buildapiCancelRequest(branch: "ash", requestId: "")', 'INVALID', 'Non-integer request_id'],
    ['no number', 'buildapiCancelBuild(branch: "ash", buildId: "1e3")', 'INVALID', 'Non-integer build_id'],
    ['no number', 'buildapiRebuildBuild(branch: "ash", buildId: "0x1")', 'INVALID', 'Bad build_id'],
    ['no number', 'buildapiRebuildRequest(branch: "ash", requestId: "1_0")', 'INVALID', 'Bad request_id'],
    ['too many', 'buildapiRebuildRequest(branch: "ash", requestId: "1", count: 1001)', 'INVALID', 'Bad count'],
  ];

  it('for everybody who is signed in', async () => {
    const complete = { number: 2, results: 0 };
    await start({ requests: [{ number: 1 }, complete, { number: 3, claimed: 9, attempts: [[93, 1]] }] }, EXTERNAL);
    for (const [title, mutation, code, message] of cases) {
      const refusal = await gateway.alice.refusal(`mutation { ${mutation} { number } }`);
      expect(refusal, `${title}: ${mutation}`).toEqual({ code, message });
    }
    expect(await gateway.anonymous.refusal(NIGHTLY)).toMatchObject({ code: 'UNAUTHENTICATED' });
    const { jobs } = await gateway.anonymous.run('{ jobs { totalCount } }');
    expect(jobs.totalCount).toBe(0);
    expect(await gateway.server.app.store.reader.all(sql`SELECT * FROM outbox_message`)).toEqual([]);
  });

  it('but what may be impossible is accepted', async () => {
    const requests = [{ number: 2, results: 0, claimed: 9, attempts: [[92, 1]] as const }];
    await start({ requests }, EXTERNAL);
    const mutations = [
      'buildapiCancelRequest(branch: "ash", requestId: "2")',
      'buildapiCancelBuild(branch: "ash", buildId: "92")',
      'buildapiCancelRevision(branch: "ash", revision: "no such %")',
      'buildapiNewBuildAtRevision(branch: "ash", revision: "no such")',
      'buildapiNewBuildForBuilder(branch: "ash", builder: "__proto__", revision: "no such")',
    ];
    for (const mutation of mutations) await gateway.alice.run(`mutation { ${mutation} { number } }`);
    const { jobs } = await gateway.anonymous.run('{ jobs { totalCount } }');
    expect(jobs.totalCount).toBe(mutations.length);
  });
});
