// What several gateways cost: `node test/bench/replicas.ts [--replicas 3] [--seconds 4] [--rounds 5]`. On one PostgreSQL
// (BUILDGATE_TEST_POSTGRESQL_URL), where it makes a database of its own, and RabbitMQ (BUILDGATE_TEST_BROKER_URL).
// Delivery: from the request of a write to its change at a subscriber, of the gateway that wrote and of another one.
// Writes: transitions of builds by 8 writers over all gateways, while messages are published and while the broker is
// away so that they only wait; the rounds alternate. Ratios of medians count, the rest depends on the machine.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { connect } from 'amqplib';
import { WebSocket } from 'ws';
import type * as AppModule from '../../src/app.js';
import type * as ConfigModule from '../../src/config.js';
import type * as AuthenticatorModule from '../../src/core/auth/authenticator.js';
import { Gateways } from '../support/gateways.ts';
import { proxied } from '../support/tcp-proxy.ts';
import { compiled } from './compiled.ts';
import { median } from './table.ts';

const { openStore } = await compiled<typeof AppModule>('app.js');
const { loadConfig } = await compiled<typeof ConfigModule>('config.js');
const { createToken } = await compiled<typeof AuthenticatorModule>('core/auth/authenticator.js');

const { values } = parseArgs({
  options: {
    replicas: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
  },
});
const REPLICAS = Number(values.replicas);
const ROUND_MS = Number(values.seconds) * 1000;
const ROUNDS = Number(values.rounds);
const DELIVERIES = 200;
const WRITERS = 8;
const BUILDS = 20;
const POSTGRESQL_URL = process.env.BUILDGATE_TEST_POSTGRESQL_URL ?? 'postgres://postgres@127.0.0.1:5432/test';
const BROKER_URL = process.env.BUILDGATE_TEST_BROKER_URL ?? 'amqp://guest:guest@127.0.0.1:5672';

const name = `buildgate_bench_${randomUUID().replaceAll('-', '')}`;
const databaseUrl = new URL(POSTGRESQL_URL);
databaseUrl.pathname = `/${name}`;
const { proxy: broker, url: brokerUrl } = await proxied(BROKER_URL, 5672);
const env = {
  PATH: process.env.PATH ?? '',
  DATABASE_URL: databaseUrl.href,
  BROKER_URL: brokerUrl,
  BUILDGATE_BROKER_EXCHANGE: name,
  BUILDGATE_BUILDAPI_AGENT: 'embedded',
  BUILDGATE_SECRET: randomUUID(),
  PORT: '0',
  LOG_LEVEL: 'error',
};

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRESQL_URL });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** Answers of a gateway's GraphQL are what the document asks for. */
async function ask(url: string, query: string): Promise<any> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data, errors } = (await response.json()) as { data: any; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Builds that are moved to and fro. */
async function builds(url: string, key: string): Promise<string[]> {
  const input = `{ messageId: "${key}", searchKey: "${key}", eventTypeId: 10 }`;
  const { event } = await ask(url, `mutation { event: freshmakerCreateEvent(input: ${input}) { id } }`);
  const list = Array.from({ length: BUILDS }, (_, index) => `{ name: "image-${index}" }`).join();
  const plan = `mutation { builds: freshmakerPlanBuilds(event: "${event.id}", builds: [${list}]) { id } }`;
  return (await ask(url, plan)).builds.map(({ id }: { id: string }) => id);
}

const STATES = ['RUNNING', 'FAILED', 'SUCCEEDED'];
const move = (url: string, id: string, step: number): Promise<unknown> =>
  ask(url, `mutation { transitionBuild(id: "${id}", to: ${STATES[step % STATES.length]}) { id } }`);

/** A subscriber to all changes; the time of the next one. */
async function subscriber(url: string): Promise<{ next: () => Promise<number>; close: () => void }> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
  const send = (message: object): void => socket.send(JSON.stringify(message));
  let tell: (at: number) => void = () => undefined;
  await new Promise<void>((resolve) => {
    socket.on('open', () => send({ type: 'connection_init' }));
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data)) as { type: string };
      if (type === 'next') tell(performance.now());
      if (type === 'pong') resolve();
      if (type !== 'connection_ack') return;
      send({ id: '1', type: 'subscribe', payload: { query: 'subscription { stateChanged { cursor to } }' } });
      send({ type: 'ping' });
    });
  });
  return { next: () => new Promise((resolve) => (tell = resolve)), close: () => socket.close() };
}

/** Median milliseconds from a write to subscribers of the gateway that writes and of another one. */
async function deliveries(urls: readonly string[]): Promise<{ same: number; other: number }> {
  const [writing = '', listening = ''] = urls;
  const ids = await builds(writing, 'deliveries');
  const subscribers = await Promise.all([subscriber(writing), subscriber(listening)]);
  const times: [number[], number[]] = [[], []];
  for (let index = 0; index < DELIVERIES; index++) {
    const arrivals = Promise.all(subscribers.map(({ next }) => next()));
    const begun = performance.now();
    await move(writing, ids[index % BUILDS] ?? '', Math.floor(index / BUILDS));
    for (const [place, at] of (await arrivals).entries()) times[place]?.push(at - begun);
  }
  for (const { close } of subscribers) close();
  return { same: median(times[0]), other: median(times[1]) };
}

/** Writes per second over some gateways. */
async function writes(urls: readonly string[], key: string): Promise<number> {
  const lists = await Promise.all(Array.from({ length: WRITERS }, (_, n) => builds(urls[0] ?? '', `${key}-${n}`)));
  const begun = performance.now();
  let done = 0;
  await Promise.all(
    lists.map(async (ids, writer) => {
      for (let step = 0; performance.now() - begun < ROUND_MS; step++) {
        await move(urls[(writer + step) % urls.length] ?? '', ids[step % BUILDS] ?? '', Math.floor(step / BUILDS));
        done += 1;
      }
    }),
  );
  return (done / (performance.now() - begun)) * 1000;
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** Waits until all gateways see the broker, or none, and with it until no message waits. */
async function brokerSeen(urls: readonly string[], isSeen: boolean): Promise<void> {
  for (const url of urls) {
    while ((await metric(url, 'buildgate_broker_connected')) !== Number(isSeen));
    while (isSeen && (await metric(url, 'buildgate_messages_pending')) > 0);
  }
}

await administer(`CREATE DATABASE ${name}`);
const gateways = await Gateways.start(REPLICAS, env);
const urls = await Promise.all(Array.from({ length: REPLICAS }, (_, index) => gateways.url(index)));
const store = await openStore(loadConfig(env));
const token = await createToken(store, { user: 'bench', admin: true }).finally(() => store.close());
try {
  await brokerSeen(urls, true);
  await writes(urls, 'warm-up');
  await brokerSeen(urls, true);
  const { same, other } = await deliveries(urls);
  console.log(`delivery by the gateway that wrote  ${same.toFixed(1)} ms`);
  console.log(`delivery by another gateway         ${other.toFixed(1)} ms`);
  console.log(`ratio                               ${(other / same).toFixed(2)}`);
  const rates: Record<'published' | 'waiting' | 'one', number[]> = { published: [], waiting: [], one: [] };
  for (let round = 0; round < ROUNDS; round++) {
    broker.open();
    await brokerSeen(urls, true);
    rates.published.push(await writes(urls, `published-${round}`));
    rates.one.push(await writes(urls.slice(0, 1), `one-${round}`));
    broker.shut();
    await brokerSeen(urls, false);
    rates.waiting.push(await writes(urls, `waiting-${round}`));
  }
  console.log(`writes through one gateway          ${median(rates.one).toFixed(0)} /s`);
  console.log(`writes through ${REPLICAS} gateways           ${median(rates.published).toFixed(0)} /s`);
  console.log(`the same, nothing published         ${median(rates.waiting).toFixed(0)} /s`);
  console.log(
    `cost of publishing                  ${((1 - median(rates.published) / median(rates.waiting)) * 100).toFixed(0)} %`,
  );
} finally {
  await gateways.close();
  await broker.close();
  await administer(`DROP DATABASE ${name} WITH (FORCE)`);
  const model = await connect(BROKER_URL);
  await (await model.createChannel()).deleteExchange(name);
  await model.close();
}
