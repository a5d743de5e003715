import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.js';
import { HttpClient, type Reply } from '../support/http.js';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/server.js';
import { Subscriber } from '../support/subscriber.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { BUILDAPI_IMPORT } from '../systems/buildapi/rest-fixture.js';
import { FRESHMAKER_IMPORT } from '../systems/freshmaker/fixture.js';
import { connected, PlainClient, proxiedBroker } from './broker.js';
import { controlClient, ControlNames, finish, jobsIn, playAgent } from './buildapi-agent.js';

const JSON_ONLY = { Accept: 'application/json' };
const NOT_SENT = "Couldn't send message to broker";
const PENDING = 71123552;
const SOON = { BUILDGATE_BUILDAPI_SEND_TIMEOUT_SECONDS: '1' };

let names: ControlNames;
let client: PlainClient;
let proxy: TcpProxy;
let server: TestServer;
let http: HttpClient;
let alice: string;
let log: string[];

beforeEach(async () => {
  names = new ControlNames();
  client = await controlClient(names);
});
afterEach(async () => {
  await server.close();
  await proxy.close();
  await client.close();
});

async function start(settings: TestServerOptions['env'] = {}): Promise<void> {
  const proxied = await proxiedBroker();
  proxy = proxied.proxy;
  log = [];
  server = await startTestServer({
    import: { buildapi: BUILDAPI_IMPORT, freshmaker: FRESHMAKER_IMPORT },
    env: { ...names.settings(proxied.url), ...settings },
    logger: pino({ level: 'warn' }, { write: (line) => void log.push(line) }),
  });
  await connected(server.app.bus);
  await playAgent(client, names);
  http = new HttpClient(server.url);
  alice = await server.token('alice');
}

function cancel(): Promise<Reply> {
  return http.delete(`/buildapi/builds/try/request/${PENDING}`, { token: alice, headers: JSON_ONLY });
}

/** Logs a job by REST; its number. */
async function logged(): Promise<number> {
  const { status, json } = await cancel();
  expect([status, json]).toEqual([202, { status: 'OK', request_id: expect.any(Number) }]);
  return json.request_id;
}

async function job(number: number): Promise<any> {
  const { status, json } = await http.get(`/buildapi/builds/jobs/${number}?format=json`);
  expect(status).toBe(200);
  return json;
}

async function stateOf(number: number): Promise<string> {
  const { data } = await server.graphql(`{ job(system: BUILDAPI, legacyId: "${number}") { state } }`);
  return data.job.state;
}

/** Waits until a job holds this message. */
async function completedWith(number: number, message: unknown): Promise<void> {
  await expect.poll(async () => (await job(number)).complete_data).toEqual(message);
}

async function messagesIn(queue: string): Promise<number> {
  return (await client.channel.checkQueue(queue)).messageCount;
}

describe('a job request', () => {
  it('by REST arrives at a consumer as the contract says, and its finished message completes it', async () => {
    await start();
    const before = await server.graphql('{ stateChanges { pageInfo { endCursor } } }');
    // Nothing has changed since the import: from the beginning.
    const after = before.data.stateChanges.pageInfo.endCursor ?? '0';
    const document = `subscription ($after: String) { jobStateChanged(after: $after) { from to reason actor job { legacyId } } }`;
    const subscriber = new Subscriber(server.url, document, { after });
    const number = await logged();
    const [message] = await client.until(({ length }) => length === 1);
    const { when, completed_at: open, complete_data: nothing } = await job(number);
    expect([open, nothing]).toEqual([null, null]);
    expect(client.bodies).toEqual([
      `{"action":"cancel_request","who":"alice","body":{"brid":${PENDING},"when":${when},"request_id":${number}}}`,
    ]);
    expect(message!.fields).toMatchObject({ exchange: names.exchange, routingKey: 'requests' });
    expect(message!.properties).toMatchObject({
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      deliveryMode: 2,
    });

    const finished = { request_id: number, body: { errors: false, msg: 'Ok', more: ['é'] }, agent: 'mine' };
    await finish(client, names, finished);
    const changes = (await subscriber.take(2)).map(({ data }) => data!['jobStateChanged']);
    await subscriber.close();
    expect(changes).toEqual([
      { from: null, to: 'QUEUED', reason: null, actor: 'alice', job: { legacyId: String(number) } },
      { from: 'QUEUED', to: 'SUCCEEDED', reason: 'Ok', actor: null, job: { legacyId: String(number) } },
    ]);
    expect(await job(number)).toEqual({
      action: 'cancel_request',
      who: 'alice',
      when,
      completed_at: expect.any(Number),
      what: { brid: PENDING },
      complete_data: finished,
    });
    expect(log).toEqual([]);
  });

  it.each([
    ['FAILED', { errors: true, msg: 'No request with that id' }],
    ['UNKNOWN', { errors: 'no', msg: 'Ok' }],
    ['UNKNOWN', {}],
    ['UNKNOWN', null],
    ['UNKNOWN', [1, { deep: [] }]],
    ['UNKNOWN', 'a text\u0000 with NUL and half a pair \ud800'],
    ['SUCCEEDED', { errors: false, msg: { no: 'text' } }],
  ])('is %s when its agent says %j, which is kept as it is', async (state, body) => {
    await start();
    const number = await logged();
    await finish(client, names, { request_id: number, body });
    await completedWith(number, { request_id: number, body: JSON.parse(JSON.stringify(body)) });
    expect(await stateOf(number)).toBe(state);
  });

  it('takes a finished message without a body, and a second one overwrites', async () => {
    await start();
    const number = await logged();
    await finish(client, names, { request_id: number });
    await completedWith(number, { request_id: number });
    expect(await stateOf(number)).toBe('UNKNOWN');
    const second = { request_id: number, body: { errors: true, msg: 'not so well' } };
    await finish(client, names, second);
    await completedWith(number, second);
    expect(await stateOf(number)).toBe('FAILED');
  });
});

describe('a message that is no finished message of a job', () => {
  const bodies = [
    Buffer.from('not JSON'),
    Buffer.alloc(0),
    Buffer.from([0xff, 0xfe, 0x00]),
    null,
    [],
    'text',
    5061,
    {},
    { body: { errors: false, msg: 'Ok' } },
    { request_id: null, body: {} },
    { request_id: 'five\n', body: {} },
    { request_id: '5061', body: {} },
    { request_id: 1.5, body: {} },
    { request_id: -1, body: {} },
    { request_id: 987654321, body: {} },
    { request_id: 1e300, body: {} },
    { request_id: { $gt: 0 }, body: {} },
  ];

  it('is logged once and dropped, and the next one is taken', async () => {
    await start();
    const number = await logged();
    const good = { request_id: number, body: { errors: false, msg: 'Ok' } };
    await finish(client, names, ...bodies, good);
    await completedWith(number, good);
    expect(log).toHaveLength(bodies.length);
    for (const line of log) expect(JSON.parse(line).err.message).toMatch(/^A finished message .* was dropped\.$/);
    expect(await messagesIn(names.webQueue)).toBe(0);
    expect((await job(5061)).complete_data).toBeNull();
  });
});

const MOVE = `mutation ($id: ID!, $to: State!, $reason: String) {
  transitionEvent(id: $id, to: $to, reason: $reason) { state } }`;
const CREATE = `mutation ($key: String!) {
  freshmakerCreateEvent(input: { messageId: $key, searchKey: $key, eventTypeId: 10 }) { id } }`;

/** Moves ten events twenty times each, the events beside each other; fails when a move fails. */
async function changeStates(token: string): Promise<void> {
  await Promise.all(
    Array.from({ length: 10 }, async (_, event) => {
      const { data } = await server.graphql(CREATE, { key: `e${event}` }, token);
      for (let number = 0; number < 20; number++) {
        const change = { to: number % 2 ? 'FAILED' : 'RUNNING', reason: `change ${number}` };
        const { errors } = await server.graphql(MOVE, { id: data.freshmakerCreateEvent.id, ...change }, token);
        expect(errors).toBeUndefined();
      }
    }),
  );
}

/** Reasons of the state changes that arrived, per event, without repeats. */
function arrived(watcher: PlainClient): string[][] {
  const reasons = new Map<number, Set<string>>();
  for (const body of watcher.bodies) {
    const { id, state_reason: reason } = JSON.parse(body);
    if (reason?.startsWith('change')) reasons.set(id, (reasons.get(id) ?? new Set()).add(reason));
  }
  return [...reasons.values()].map((set) => [...set]);
}

describe('a broker that is away', () => {
  it('refuses job requests with 503, closes their jobs, fails no state change, and gets all of these when it is back', async () => {
    await start(SOON);
    const worker = await server.token('worker', { roles: ['agent'] });
    const watcher = await PlainClient.open();
    await watcher.channel.assertExchange(`${names.exchange}.others`, 'topic', { durable: true });
    await watcher.consume(`${names.exchange}.others`, 'VirtualTopic.eng.freshmaker.event.state.changed');
    proxy.shut();
    const mutation = `mutation { buildapiCancelRequest(branch: "try", requestId: "${PENDING}") { number } }`;
    const [rest, graphql] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, cancel)),
      Promise.all(Array.from({ length: 10 }, () => server.graphql(mutation, {}, alice))),
      changeStates(worker),
    ]);
    for (const { status, json } of rest) expect([status, json]).toEqual([503, { status: 'FAILED', msg: NOT_SENT }]);
    for (const { errors } of graphql) {
      expect(errors![0]).toMatchObject({ message: NOT_SENT, extensions: { code: 'UNAVAILABLE' } });
    }
    const { json: jobs } = await http.get('/buildapi/builds/jobs?format=json&num=20');
    const numbers = jobs.map(({ complete_data: { request_id: number } }: any) => number);
    expect(new Set(numbers).size).toBe(20);
    for (const { completed_at: at, complete_data: data } of jobs) {
      expect([at, data.body]).toEqual([expect.any(Number), { errors: true, msg: NOT_SENT }]);
    }
    expect([client.bodies, watcher.bodies]).toEqual([[], []]);

    proxy.open();
    await watcher.until(() => arrived(watcher).flat().length === 200);
    const inOrder = Array.from({ length: 20 }, (_, number) => `change ${number}`);
    expect(arrived(watcher)).toEqual(Array.from({ length: 10 }, () => inOrder));
    await watcher.close();
    const next = await logged();
    await client.until(({ length }) => length > 0);
    expect(jobsIn(client.bodies)).toEqual([next]);
  });

  it('without a word is waited for as long as the settings say', async () => {
    await start(SOON);
    proxy.stall();
    const { status, json } = await cancel();
    expect([status, json]).toEqual([503, { status: 'FAILED', msg: NOT_SENT }]);
    proxy.resume();
    proxy.cut();
    await expect.poll(() => server.app.bus.isConnected).toBe(false);
    await connected(server.app.bus);
    const next = await logged();
    await client.until(({ length }) => length > 0);
    expect(jobsIn(client.bodies)).toEqual([next]);
  });

  it('for a moment delays job requests, whose messages arrive in the order of their numbers', async () => {
    await start();
    proxy.shut();
    const replies = Promise.all(Array.from({ length: 20 }, cancel));
    const waiting = async () => {
      const { data } = await server.graphql('{ jobs(filter: { name: { eq: "cancel_request" } }) { totalCount } }');
      return data.jobs.totalCount;
    };
    await expect.poll(waiting).toBe(20);
    proxy.open();
    const numbers = (await replies).map(({ status, json }) => (expect(status).toBe(202), json.request_id));
    await client.until((bodies) => jobsIn(bodies).length === 20);
    expect(jobsIn(client.bodies)).toEqual(numbers.toSorted((one, other) => one - other));
  });
});

describe('several gateways on one web queue', () => {
  it('take each finished message once between them', async () => {
    await start();
    const others: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line) => void others.push(line) });
    const second = await startApp(server.config, { logger });
    try {
      await connected(second.bus);
      const number = await logged();
      const unknown = Array.from({ length: 40 }, (_, index) => 900_000 + index);
      const good = { request_id: number, body: { errors: false, msg: 'Ok' } };
      await finish(client, names, ...unknown.map((id) => ({ request_id: id, body: {} })), good);
      await completedWith(number, good);
      const seen = () => [...log, ...others].map((line) => Number(/unknown job (\d+)/.exec(line)?.[1]));
      await expect.poll(() => seen().length).toBe(unknown.length);
      expect(seen().toSorted((one, other) => one - other)).toEqual(unknown);
      expect(log.length).toBeGreaterThan(0);
      expect(others.length).toBeGreaterThan(0);
    } finally {
      await second.close();
    }
  });
});
