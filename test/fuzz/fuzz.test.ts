import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewaySchema } from '../../src/app.js';
import { SYSTEMS } from '../../src/systems/index.js';
import { HttpClient } from '../support/http.js';
import { campaign, DATABASE, REQUESTS, SEED, type Shot } from './campaign.js';
import { GraphqlRequests } from './graphql-requests.js';
import { held } from './held.js';
import { dialectShots, graphqlShot } from './over-http.js';
import { tcpShot } from './over-tcp.js';
import { socketShot } from './over-websocket.js';
import { startTarget, type Target } from './target.js';

/** Of all requests together, what each transport gets. */
const SHARES: Readonly<Record<string, number>> = {
  ...Object.fromEntries(SYSTEMS.map(({ title }) => [title, 0.1])),
  'GraphQL over HTTP': 0.25,
  'GraphQL over WebSocket': 0.1,
  'bytes over TCP': 0.15,
};

/** A request whose answer depends on nothing that others do. */
const CONTROLS = [
  '/schema.graphql',
  '/freshmaker/api/1/build-states/',
  '/buildapi/',
  '/graphql?query=%7B__typename%7D',
];

let target: Target;
let shots: ReadonlyMap<string, Shot>;
let before: unknown;
const rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', onRejection);
  target = await startTarget();
  const requests = new GraphqlRequests(await gatewaySchema(), target.ids);
  shots = new Map([
    ...dialectShots(target),
    ['GraphQL over HTTP', graphqlShot(target, requests)],
    ['GraphQL over WebSocket', socketShot(target, requests)],
    ['bytes over TCP', tcpShot(target)],
  ]);
  before = await controlled();
});
afterAll(async () => {
  process.off('unhandledRejection', onRejection);
  await target.server.close();
});

/** What is answered to requests that nothing may change. */
async function controlled(): Promise<unknown> {
  const client = new HttpClient(target.server.url);
  const headers = { 'Apollo-Require-Preflight': 'control' };
  const replies = await Promise.all(CONTROLS.map((path) => client.get(path, { headers })));
  return replies.map(({ status, text }) => [status, text]);
}

describe(`${REQUESTS} requests made of seed ${SEED}, on ${DATABASE}`, () => {
  it.each(Object.entries(SHARES))(
    '%s: no fault, no answer that a contract does not know, nothing that hangs',
    async (title, share) => {
      expect(await campaign(title, share, shots.get(title)!)).toEqual([]);
    },
    // As long as a hundred thousand take where everything else is slow.
    7_200_000,
  );

  it('afterwards the same is answered as before, and nothing was thrown that nobody caught', async () => {
    expect(await controlled()).toEqual(before);
    expect(target.takeFaults()).toEqual([]);
    expect(rejections).toEqual([]);
  });
});

describe('What the same requests take when they come again', () => {
  /** A tenth of the requests of each transport. */
  async function again(): Promise<void> {
    for (const [title, share] of Object.entries(SHARES)) {
      expect(await campaign(title, share / 10, shots.get(title)!)).toEqual([]);
    }
  }

  it('is neither memory nor descriptors', async () => {
    // What is kept, compiled and pooled is so after the first time.
    await again();
    await again();
    const first = await held();
    await again();
    // Connections that are not used any more are closed in a while, and take what they hold along.
    await expect.poll(async () => (await held()).descriptors - first.descriptors).toBeLessThanOrEqual(8);
    await expect.poll(async () => (await held()).heapMib - first.heapMib).toBeLessThan(6);
  }, 7_200_000);
});
