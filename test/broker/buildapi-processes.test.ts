import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type GraphqlAnswer, type TestServer } from '../support/server.js';
import type { TestDatabase } from '../support/database.js';
import { HttpClient } from '../support/http.js';
import { Subscriber } from '../support/subscriber.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { Command, environment, GatewayProcess, preparedDatabase, run } from '../e2e/gateway-process.js';
import { BUILDAPI_IMPORT } from '../systems/buildapi/rest-fixture.js';
import { connected, type PlainClient, proxiedBroker } from './broker.js';
import { controlClient, ControlNames, jobsIn, playAgent } from './buildapi-agent.js';

const JSON_ONLY = { Accept: 'application/json' };
const PENDING = 71123552;
const DELETED = `/buildapi/builds/try/request/${PENDING}`;

let names: ControlNames;
let client: PlainClient;
let proxy: TcpProxy;
let brokerUrl: string;

beforeEach(async () => {
  names = new ControlNames();
  client = await controlClient(names);
  ({ proxy, url: brokerUrl } = await proxiedBroker());
});
afterEach(async () => {
  await proxy.close();
  await client.close();
});

describe('a gateway that is killed between the commit of a job and its message', () => {
  let database: TestDatabase;
  let token: string;
  let gateway: GatewayProcess;

  beforeEach(async () => {
    ({ database, token } = await preparedDatabase());
    const file = join(tmpdir(), `${names.exchange}.json`);
    await writeFile(file, JSON.stringify(BUILDAPI_IMPORT));
    const { code, stderr } = await run(['import', 'buildapi', file], environment(database));
    await rm(file);
    if (code !== 0) throw new Error(stderr);
    await playAgent(client, names);
  });
  afterEach(async () => {
    await gateway.kill();
    await database.drop();
  });

  async function start(): Promise<void> {
    gateway = await GatewayProcess.start(environment(database, names.settings(brokerUrl)));
  }

  async function ask(document: string): Promise<GraphqlAnswer['data']> {
    const { data, errors } = await gateway.graphql(document, {}, token);
    expect(errors).toBeUndefined();
    return data;
  }

  /** Numbers of the jobs that this gateway has logged. */
  async function jobs(): Promise<number[]> {
    const { jobs: found } =
      await ask(`{ jobs(first: 100, filter: { requester: { eq: "boss" } }, orderBy: { field: LEGACY_ID }) {
      nodes { state ... on BuildapiJob { number } } } }`);
    for (const { state } of found.nodes) expect(state).toBe('QUEUED');
    return found.nodes.map(({ number }: { number: number }) => number);
  }

  async function checkNothingIsLost(): Promise<void> {
    await gateway.metric('buildgate_messages_pending', 0);
    const numbers = await jobs();
    await client.until((bodies) => jobsIn(bodies).length >= numbers.length);
    expect(jobsIn(client.bodies)).toEqual(numbers.toSorted((one, other) => one - other));
  }

  it('sends the message after its next start', async () => {
    await start();
    await gateway.metric('buildgate_broker_connected', 1);
    proxy.shut();
    await gateway.metric('buildgate_broker_connected', 0);
    const replies = Array.from({ length: 3 }, () =>
      new HttpClient(gateway.url).delete(DELETED, { token, headers: JSON_ONLY }),
    );
    const refusals = Promise.allSettled(replies);
    await expect.poll(async () => (await jobs()).length).toBe(3);
    await gateway.kill();
    expect((await refusals).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(client.bodies).toEqual([]);
    proxy.open();
    await start();
    await checkNothingIsLost();
    expect(client.bodies).toHaveLength(3);
  });

  it('at random instants loses none', async () => {
    const accepted: number[] = [];
    for (let round = 0; round < 5; round++) {
      await start();
      await gateway.metric('buildgate_broker_connected', 1);
      const http = new HttpClient(gateway.url);
      const enough = accepted.length + 1 + Math.floor(Math.random() * 12);
      const writers = Array.from({ length: 6 }, async () => {
        for (;;) {
          const { status, json } = await http.delete(DELETED, { token, headers: JSON_ONLY });
          expect(status).toBe(202);
          accepted.push(json.request_id);
          if (accepted.length >= enough) gateway.signal('SIGKILL');
        }
      });
      const ends = await Promise.allSettled(writers);
      for (const end of ends) expect((end as PromiseRejectedResult).reason.message).toMatch(/socket hang up|ECONN/);
      await gateway.exited;
    }
    await start();
    await checkNothingIsLost();
    expect(jobsIn(client.bodies)).toEqual(expect.arrayContaining(accepted));
  });
});

describe('buildgate agent', () => {
  let server: TestServer;
  let gatewayProxy: TcpProxy;
  let alice: string;
  let worker: string;
  const agents: Command[] = [];

  beforeEach(async () => {
    server = await startTestServer({ import: { buildapi: BUILDAPI_IMPORT }, env: names.settings() });
    await connected(server.app.bus);
    gatewayProxy = await TcpProxy.before('127.0.0.1', server.port);
    alice = await server.token('alice');
    worker = await server.token('worker', { roles: ['agent'] });
  });
  afterEach(async () => {
    for (const agent of agents) agent.child.kill('SIGKILL');
    await Promise.all(agents.splice(0).map(({ exited }) => exited));
    await gatewayProxy.close();
    await server.close();
  });

  function agent(settings: { gateway?: string; broker?: string; token?: string } = {}): Command {
    const { gateway = server.url, broker, token = worker } = settings;
    const env = { PATH: process.env['PATH'] ?? '', BUILDGATE_AGENT_TOKEN: token, ...names.settings(broker) };
    const command = new Command(['agent', '--gateway', gateway], env);
    agents.push(command);
    return command;
  }

  /** Everything in the middle of something, so that each end can be cut off. */
  const throughProxies = () => agent({ gateway: `http://127.0.0.1:${gatewayProxy.port}`, broker: brokerUrl });

  async function ask(document: string): Promise<any> {
    const { data, errors } = await server.graphql(document, {}, alice);
    expect(errors).toBeUndefined();
    return data;
  }

  /** Logs a job that builds a request again; its number. */
  async function rebuild(): Promise<number> {
    const headers = { ...JSON_ONLY, 'Content-Type': 'application/x-www-form-urlencoded' };
    const body = `request_id=${PENDING}&priority=7`;
    const { status, json } = await new HttpClient(server.url).post('/buildapi/builds/try/request', {
      token: alice,
      headers,
      body,
    });
    expect(status).toBe(202);
    return json.request_id;
  }

  const made = async (): Promise<number> =>
    (await ask('{ builds(filter: { buildapi: { priority: { eq: 7 } } }) { totalCount } }')).builds.totalCount;

  /** Waits until a job is completed; its states and what its agent said. */
  async function completed(number: number): Promise<{ states: string[]; data: unknown }> {
    const document = `subscription ($number: String!) { jobStateChanged(after: "0", filter: { legacyId: { eq: $number } }) { to } }`;
    const subscriber = new Subscriber(server.url, document, { number: String(number) });
    const states = (await subscriber.take(3)).map(({ data }) => (data as any).jobStateChanged.to);
    await subscriber.close();
    const { job } = await ask(
      `{ job(system: BUILDAPI, legacyId: "${number}") { ... on BuildapiJob { completeData } } }`,
    );
    return { states, data: job.completeData };
  }

  async function expectDone(number: number): Promise<void> {
    expect(await completed(number)).toEqual({
      states: ['QUEUED', 'RUNNING', 'SUCCEEDED'],
      data: { request_id: number, body: { errors: false, msg: 'Ok' } },
    });
    expect(await made()).toBe(1);
  }

  async function expectEnd(command: Command): Promise<void> {
    command.child.kill('SIGTERM');
    expect(await command.exited).toMatchObject({ code: 0, signal: null });
  }

  const messageCount = async () => (await client.channel.checkQueue(names.agentQueue)).messageCount;

  it('does the job that a REST write logged, says so in a line, and ends on SIGTERM', async () => {
    const command = agent();
    const number = await rebuild();
    await expectDone(number);
    await command.shown('stdout', /\n/);
    await expectEnd(command);
    const line = `{"job":${number},"action":"rebuild_request","who":"alice","errors":false,"msg":"Ok"}\n`;
    expect(await command.exited).toMatchObject({ stdout: line, stderr: '' });
    expect(await messageCount()).toBe(0);
  });

  it('killed before the gateway has answered leaves the job to the next one', async () => {
    gatewayProxy.stall();
    const first = throughProxies();
    const arrivals = gatewayProxy.connection();
    const number = await rebuild();
    await arrivals;
    first.child.kill('SIGKILL');
    await first.exited;
    expect(await made()).toBe(0);
    agent();
    await expectDone(number);
  });

  it('killed between the work and the report has worked once, and the next one reports', async () => {
    gatewayProxy.stall();
    const first = throughProxies();
    const arrivals = gatewayProxy.connection();
    const number = await rebuild();
    await arrivals;
    proxy.shut();
    gatewayProxy.resume();
    gatewayProxy.cut();
    await expect.poll(made).toBe(1);
    first.child.kill('SIGKILL');
    await first.exited;
    const { job } = await ask(`{ job(system: BUILDAPI, legacyId: "${number}") { state finishedAt } }`);
    expect(job).toEqual({ state: 'RUNNING', finishedAt: null });
    agent();
    await expectDone(number);
  });

  it('waits for a gateway and a broker that are away, and goes on when they are back', async () => {
    gatewayProxy.shut();
    const command = throughProxies();
    const number = await rebuild();
    await command.shown('stderr', /The gateway does not answer/);
    expect(await messageCount()).toBe(0);
    proxy.shut();
    gatewayProxy.open();
    await command.shown('stderr', /broker/i);
    proxy.open();
    await expectDone(number);
    // The lost connection gave the message back, so it comes a second time.
    await command.shown('stdout', /\n.*\n/);
    await expectEnd(command);
    expect(await messageCount()).toBe(0);
  });

  it('gives the job back when it is told to stop while the gateway is away', async () => {
    gatewayProxy.shut();
    const command = throughProxies();
    await rebuild();
    await command.shown('stderr', /The gateway does not answer/);
    await expectEnd(command);
    expect(await messageCount()).toBe(1);
  });

  it('leaves unknown actions to others, drops what names no job, and says what the gateway does not know', async () => {
    const messages = [
      '{"action":"clobber","who":"kim","body":{"request_id":1}}',
      '{"who":"kim","body":{"request_id":1}}',
      '{"action":"toString","who":"kim","body":{"request_id":1}}',
      '{"action":"reprioritize","who":"kim","body":{}}',
      '{"action":"reprioritize","who":"kim"}',
      'not JSON',
      '{"action":"reprioritize","who":"kim\\n","body":{"request_id":4711}}',
      '{"action":"reprioritize","who":"kim","body":{"request_id":5061}}',
    ];
    for (const message of messages) client.channel.publish(names.exchange, 'requests', Buffer.from(message));
    await expect.poll(messageCount).toBe(messages.length);
    const number = await rebuild();
    const command = agent();
    await expectDone(number);
    await expectEnd(command);
    const { stdout, stderr } = await command.exited;
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { job: 4711, action: 'reprioritize', who: 'kim\n', errors: true, msg: 'number: there is no job 4711.' },
      {
        job: 5061,
        action: 'reprioritize',
        who: 'kim',
        errors: true,
        msg: 'number: job 5061 is history of another server.',
      },
      { job: number, action: 'rebuild_request', who: 'alice', errors: false, msg: 'Ok' },
    ]);
    expect(stderr.trimEnd().split('\n')).toHaveLength(3);
    expect(await messageCount()).toBe(3);
  });

  it.each([
    ['bg_wrong', 'The bearer token is not valid.'],
    ['', 'This operation needs a bearer token.'],
  ])('with the token %j ends with code 1 and a line, and the job stays', async (token, reason) => {
    const command = agent({ token });
    await rebuild();
    const { code, stderr } = await command.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^buildgate: The gateway refuses the token: .*\n$/);
    expect(stderr).toContain(reason);
    expect(await messageCount()).toBe(1);
  });
});
