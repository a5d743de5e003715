import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithAgent, type Agent, type RecordKeys } from '../graphql/agent.js';
import { untilOpen } from '../graphql/open-subscriptions.js';
import type { TestServer } from '../support/server.js';
import { cursorsTo, loggedCursors } from './cursors.js';
import { ProtocolSocket } from './protocol-socket.js';

const SLOW_SECONDS = 2;
const OTHERS = 50;
const CHANGES = 100;
const EARLIER = 20;
/** More than the network keeps for a client that takes nothing, by far. */
const REASON = 'x'.repeat(2_000);
const LARGE = Array.from({ length: 100 }, (_, n) => `r${n}: reason`).join(' ');

let server: TestServer;
let agent: Agent;
let event: RecordKeys;

beforeAll(async () => {
  ({ server, agent } = await startWithAgent({ env: { BUILDGATE_SLOW_SUBSCRIBER_SECONDS: String(SLOW_SECONDS) } }));
  event = await agent.event();
  await change(EARLIER);
});
afterAll(() => server.close());

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** Moves the event to and fro. */
async function change(times: number): Promise<void> {
  for (let n = 0; n < times; n++) await agent.moveEvent(event, n % 2 === 0 ? 'RUNNING' : 'QUEUED', REASON);
}

describe('a subscriber that stops reading', () => {
  it('is closed with 1013 and where to resume, keeps nobody waiting, and misses nothing when it comes back', async () => {
    const others = await Promise.all(Array.from({ length: OTHERS }, () => ProtocolSocket.ready(server.url)));
    for (const other of others) other.subscribe('1', 'subscription { stateChanged { cursor } }');
    const slow = await ProtocolSocket.ready(server.url);
    slow.subscribe('1', `subscription { stateChanged { cursor ${LARGE} } }`);
    await untilOpen(server.url, OTHERS + 1);
    slow.pause();

    await change(CHANGES);
    const all = (await loggedCursors(server)).slice(-CHANGES);
    for (const other of others) expect(await cursorsTo(other, all.at(-1)!)).toEqual(all);
    await expect.poll(() => metric('buildgate_slow_subscribers_total')).toBe(1);
    expect(await metric('buildgate_graphql_subscriptions')).toBe(OTHERS);
    // One message of the 20 MB and what was in the socket, not all that it has missed.
    expect(await metric('buildgate_websocket_unsent_bytes')).toBeLessThan(200_000);

    slow.resume();
    const { code, reason } = await slow.closed();
    expect(code).toBe(1013);
    const [, resumeAfter] = /^Too slow; resume after (\d+)$/.exec(reason)!;
    const received = slow.rest().map(({ payload }) => payload.data.stateChanged.cursor);
    const back = await ProtocolSocket.ready(server.url);
    back.subscribe('1', `subscription { stateChanged(after: "${resumeAfter}") { cursor } }`);
    expect([...received, ...(await cursorsTo(back, all.at(-1)!))]).toEqual(all);
    expect(await metric('buildgate_websocket_unsent_bytes')).toBe(0);
    for (const socket of [...others, back]) socket.terminate();
    await untilOpen(server.url, 0);
  });

  it('is not closed while it takes what comes, be it a little at a time', async () => {
    const reader = await ProtocolSocket.ready(server.url);
    const begun = performance.now();
    const isOver = () => performance.now() - begun > SLOW_SECONDS * 1_500;
    for (let round = 0; !isOver(); round++) {
      reader.subscribe(String(round), `subscription { stateChanged(after: "0") { cursor ${LARGE} } }`);
      for (let taken = 0; taken < EARLIER && !isOver(); taken++) {
        await reader.next('next');
        if (taken % 4 > 0) continue;
        reader.pause();
        await fetch(`${server.url}/healthz`);
        reader.resume();
      }
      reader.send({ type: 'complete', id: String(round) });
      await untilOpen(server.url, 0);
      reader.skip();
    }
    expect(await metric('buildgate_slow_subscribers_total')).toBe(1);
    reader.terminate();
  });
});

describe('a client that asks and does not take the answers', () => {
  it('is closed before they fill the memory', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.pause();
    const before = await metric('buildgate_slow_subscribers_total');
    for (let n = 0; n < 60; n++) socket.subscribe(String(n), `{ stateChanges(first: 3) { nodes { ${LARGE} } } }`);
    await expect.poll(() => metric('buildgate_slow_subscribers_total')).toBe(before + 1);
    expect(await metric('buildgate_websocket_unsent_bytes')).toBeLessThan(200_000);
    socket.resume();
    expect(await socket.closed()).toEqual({ code: 1013, reason: 'Too slow' });
  });
});
