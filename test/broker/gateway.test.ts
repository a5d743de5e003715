import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { FRESHMAKER_IMPORT } from '../systems/freshmaker/fixture.js';
import { connected, PlainClient, proxiedBroker, uniqueName, withoutRepeats } from './broker.js';

const EVENTS = 10;
const CHANGES = 20;
const TOPIC = 'VirtualTopic.eng.freshmaker.event.state.changed';

let proxy: TcpProxy;
let client: PlainClient;
let server: TestServer;
let token: string;
let log: string[];

beforeEach(async () => {
  const exchange = uniqueName();
  const proxied = await proxiedBroker();
  proxy = proxied.proxy;
  client = await PlainClient.open();
  await client.exchange(exchange);
  await client.consume(exchange, 'VirtualTopic.eng.freshmaker.#');
  log = [];
  server = await startTestServer({
    import: { freshmaker: FRESHMAKER_IMPORT },
    env: { BROKER_URL: proxied.url, BUILDGATE_BROKER_EXCHANGE: exchange, BUILDGATE_GRACE_SECONDS: '1' },
    logger: pino({ level: 'warn' }, { write: (line) => void log.push(line) }),
  });
  await connected(server.app.bus);
  token = await server.token('agent', { roles: ['agent'] });
});
afterEach(async () => {
  await server.close();
  await proxy.close();
  await client.close();
});

async function mutate(document: string, variables: object): Promise<any> {
  const { data, errors } = await server.graphql(document, variables, token);
  expect(errors).toBeUndefined();
  return data;
}

async function createEvents(): Promise<string[]> {
  const created = `mutation ($input: FreshmakerEventInput!) { freshmakerCreateEvent(input: $input) { id } }`;
  const ids: string[] = [];
  for (let number = 0; number < EVENTS; number++) {
    const input = { messageId: `made-${number}`, searchKey: String(number), eventTypeId: 1 };
    ids.push((await mutate(created, { input })).freshmakerCreateEvent.id);
  }
  return ids;
}

/** Moves every event through all its changes, the events beside each other. */
async function changeAll(ids: readonly string[], onChange: (number: number) => void = () => undefined): Promise<void> {
  const moved = `mutation ($id: ID!, $to: State!, $reason: String) {
    transitionEvent(id: $id, to: $to, reason: $reason) { state }
  }`;
  await Promise.all(
    ids.map(async (id) => {
      for (let number = 0; number < CHANGES; number++) {
        await mutate(moved, { id, to: number % 2 ? 'FAILED' : 'RUNNING', reason: `change ${number}` });
        onChange(number);
      }
    }),
  );
}

/** What arrived of the changes, per event, in order of arrival, without repeats. */
function arrived(topic: string): Record<string, string[]> {
  const reasons: Record<string, string[]> = {};
  for (const { fields, content } of client.received) {
    const { id, state_reason: reason } = JSON.parse(content.toString());
    if (fields.routingKey === topic && reason?.startsWith('change')) (reasons[id] ??= []).push(reason);
  }
  return Object.fromEntries(Object.entries(reasons).map(([id, list]) => [id, withoutRepeats(list)]));
}

const expected = Array.from({ length: CHANGES }, (_, number) => `change ${number}`);
const complete = (bodies: readonly string[]): boolean =>
  bodies.length >= 2 * EVENTS * CHANGES &&
  [TOPIC, `${TOPIC}.min`].every((topic) => Object.values(arrived(topic)).flat().length === EVENTS * CHANGES);

async function checkAllArrived(): Promise<void> {
  await client.until(complete);
  for (const topic of [TOPIC, `${TOPIC}.min`]) {
    expect(Object.values(arrived(topic))).toEqual(Array.from({ length: EVENTS }, () => expected));
  }
  await expect.poll(pending).toBe('0');
}

async function metric(name: string): Promise<string | undefined> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1];
}
const pending = (): Promise<string | undefined> => metric('buildgate_messages_pending');

describe("Freshmaker's messages on RabbitMQ", () => {
  it('have the topic as routing key, are persistent JSON, and are the bytes of the embedded bus', async () => {
    const moved = `mutation ($id: ID!) { transitionEvent(id: $id, to: RUNNING, reason: "é") { state } }`;
    await mutate(moved, { id: (await createEvents())[0] });
    const messages = await client.until(({ length }) => length === 2);
    expect(messages.map(({ fields }) => fields.routingKey)).toEqual([TOPIC, `${TOPIC}.min`]);
    for (const { properties } of messages) {
      expect(properties).toMatchObject({ contentType: 'application/json', deliveryMode: 2, headers: {} });
    }
    await expect.poll(() => server.messages.map(({ body }) => body)).toEqual(client.bodies);
    expect(JSON.parse(client.bodies[0]!)).toMatchObject({
      message_id: 'made-0',
      state_name: 'BUILDING',
      state_reason: 'é',
    });
  });
});

describe('a broker that is away', () => {
  it('fails no mutation and loses no state change: all arrive in order per record when it is back', async () => {
    const ids = await createEvents();
    proxy.shut();
    await changeAll(ids);
    expect(arrived(TOPIC)).toEqual({});
    const waiting = Number(await pending());
    expect(waiting).toBeGreaterThanOrEqual(2 * EVENTS * CHANGES);
    proxy.open();
    await checkAllArrived();
  });

  it('again and again while states change loses and swaps nothing either', async () => {
    const ids = await createEvents();
    await changeAll(ids, (number) => {
      if (number % 5 === 0) proxy.cut();
    });
    await checkAllArrived();
  });

  it('is shown by /readyz and a metric, and leaves the gateway ready', async () => {
    const readyz = async () => {
      const response = await fetch(`${server.url}/readyz`);
      return [response.status, ((await response.json()) as { checks: { broker: string } }).checks.broker];
    };
    await expect.poll(readyz).toEqual([200, 'ok']);
    expect(await metric('buildgate_broker_connected')).toBe('1');
    proxy.shut();
    await expect.poll(readyz).toEqual([200, 'degraded']);
    expect(await metric('buildgate_broker_connected')).toBe('0');
    proxy.open();
    await expect.poll(readyz).toEqual([200, 'ok']);
  });

  it('with messages in flight does not keep a gateway that stops: it says that they wait', async () => {
    const ids = await createEvents();
    proxy.stall();
    await changeAll(ids.slice(0, 1));
    await server.app.close();
    expect(log.join('')).toContain('The publishing of messages did not end in time.');
  });
});
