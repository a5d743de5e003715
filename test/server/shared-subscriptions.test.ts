import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf } from '../../src/core/changes/log.js';
import { startWithAgent, type Agent, type RecordKeys } from '../graphql/agent.js';
import { untilOpen } from '../graphql/open-subscriptions.js';
import type { TestServer } from '../support/server.js';
import { cursorsTo, loggedCursors } from './cursors.js';
import { ProtocolSocket, type ProtocolMessage } from './protocol-socket.js';

/** A change as the list and the subscriptions show it. */
const FIELDS = 'cursor at system kind from to deleted reason actor recordId';
const ALL = `subscription { stateChanged { ${FIELDS} } }`;
const BEHIND = `subscription ($after: String) { stateChanged(after: $after) { ${FIELDS} } }`;
const OF_KIND = `subscription ($kind: Kind!, $after: String) {
  stateChanged(filter: { kind: { eq: $kind } }, after: $after) { ${FIELDS} } }`;
const OF_NAME = `subscription ($name: String!) { buildStateChanged(filter: { name: { eq: $name } }) { ${FIELDS} } }`;

interface LoggedChange {
  readonly cursor: string;
  readonly kind: string;
  readonly recordId: string;
}

let server: TestServer;
let agent: Agent;
let event: RecordKeys;
let builds: RecordKeys[];
const statements: string[] = [];

beforeAll(async () => {
  ({ server, agent } = await startWithAgent({ onStatement: (text) => void statements.push(text) }));
  event = await agent.event();
  builds = await agent.plan(event, ['web', 'base']);
  await change(10);
});
afterAll(() => server.close());

/** Moves the event and its builds to and fro. */
async function change(rounds: number, reason = 'because'): Promise<void> {
  for (let n = 0; n < rounds; n++) {
    const isEven = n % 2 === 0;
    await agent.moveEvent(event, isEven ? 'RUNNING' : 'QUEUED', reason);
    for (const build of builds) await agent.moveBuild(build, isEven ? 'RUNNING' : 'PLANNED', reason);
  }
}

/** The change log behind a cursor, as the list shows it. */
async function logBehind(after: string): Promise<LoggedChange[]> {
  const changes: LoggedChange[] = [];
  const query = `query ($after: String) { stateChanges(first: 100, after: $after) { nodes { ${FIELDS} } } }`;
  for (;;) {
    const { data } = await server.graphql(query, { after: changes.at(-1)?.cursor ?? after });
    if (data.stateChanges.nodes.length === 0) return changes;
    changes.push(...(data.stateChanges.nodes as LoggedChange[]));
  }
}

async function head(): Promise<string> {
  return String(await headOf(server.app.store.reader));
}

async function readySockets(count: number): Promise<ProtocolSocket[]> {
  return Promise.all(Array.from({ length: count }, () => ProtocolSocket.ready(server.url)));
}

async function closeAll(sockets: readonly ProtocolSocket[]): Promise<void> {
  for (const socket of sockets) socket.terminate();
  await untilOpen(server.url, 0);
}

describe('Fifty subscriptions with documents, variables, ids and cursors of all kinds', () => {
  it('each get what the change log says, in the order of commits', async () => {
    const begun = await head();
    const middle = (await loggedCursors(server))[15]!;
    const kinds: [document: string, variables: object, from: string, isMeant: (change: LoggedChange) => boolean][] = [
      [ALL, {}, begun, () => true],
      [BEHIND, {}, begun, () => true],
      [BEHIND, { after: '0' }, '0', () => true],
      [BEHIND, { after: middle }, middle, () => true],
      [OF_KIND, { kind: 'BUILD' }, begun, ({ kind }) => kind === 'BUILD'],
      [OF_KIND, { kind: 'EVENT', after: middle }, middle, ({ kind }) => kind === 'EVENT'],
      [OF_KIND, { kind: 'BUILD', after: '0' }, '0', ({ kind }) => kind === 'BUILD'],
      [OF_NAME, { name: 'web' }, begun, ({ recordId }) => recordId === builds[0]!.id],
      [OF_NAME, { name: 'base' }, begun, ({ recordId }) => recordId === builds[1]!.id],
      [OF_NAME, { name: 'none' }, begun, () => false],
    ];
    // Some clients count their subscriptions from 1, some give names.
    const ids = [...kinds.map((_, n) => String(n + 1)), ...kinds.map((_, n) => `"ü"-${n}`)];
    const sockets = await readySockets(5);
    const [first, ...others] = sockets as [ProtocolSocket, ...ProtocolSocket[]];
    kinds.forEach(([document, variables], n) => first.subscribe(ids[n]!, document, variables));
    kinds.forEach(([document, variables], n) => first.subscribe(ids[n + kinds.length]!, document, variables));
    for (const [n, [document, variables]] of kinds.entries())
      for (const socket of others) socket.subscribe(ids[n]!, document, variables);
    await untilOpen(server.url, kinds.length * 6);

    await change(20);
    const marker = await agent.plan(event, ['web', 'base']);
    const log = await logBehind('0');
    const isOld = ({ recordId }: LoggedChange) => !marker.some(({ id }) => id === recordId);
    const wanted = kinds.map(([, , from, isMeant]) =>
      log.filter((one) => Number(one.cursor) > Number(from) && isOld(one) && isMeant(one)),
    );
    for (const socket of sockets) {
      const total = wanted.flat().length * (socket === first ? 2 : 1);
      const heard = new Map<string, unknown[]>();
      for (let taken = 0; taken < total;) {
        const { id, payload } = await socket.next('next');
        const shown: LoggedChange = payload.data.stateChanged ?? payload.data.buildStateChanged;
        if (!isOld(shown)) continue;
        taken += 1;
        heard.set(id!, [...(heard.get(id!) ?? []), shown]);
      }
      for (const [n, changes] of wanted.entries()) {
        const asked = socket === first ? [n, n + kinds.length] : [n];
        for (const one of asked) expect(heard.get(ids[one]!) ?? []).toEqual(changes);
      }
    }
    await closeAll(sockets);
  });

  it('miss nothing and see nothing twice when they begin while changes are committed', async () => {
    const from = await head();
    let areOpen = false;
    const committing = (async () => {
      while (!areOpen) await change(2);
    })();
    const begun: [socket: ProtocolSocket, after: string][] = [];
    for (let n = 0; n < 15; n++) {
      const after = n % 3 === 0 ? from : await head();
      const sockets = await readySockets(2);
      for (const socket of sockets) {
        socket.subscribe('1', BEHIND, { after });
        begun.push([socket, after]);
      }
    }
    areOpen = true;
    await committing;
    await change(1);
    const cursors = (await logBehind(from)).map(({ cursor }) => cursor);
    for (const [socket, after] of begun) {
      const wanted = cursors.filter((cursor) => Number(cursor) > Number(after));
      expect(await cursorsTo(socket, cursors.at(-1)!)).toEqual(wanted);
    }
    await closeAll(begun.map(([socket]) => socket));
  });
});

describe('A change', () => {
  const NESTED = `subscription ($after: String) { stateChanged(after: $after) {
    cursor build { name changes { totalCount } } event { name builds(first: 2) { nodes { name } } } } }`;

  /** Statements until all have been told of a change of a build. */
  async function statementsFor(subscribers: number): Promise<number> {
    const sockets = await readySockets(subscribers);
    const after = await loggedCursors(server);
    // Each begins at a place of its own.
    for (const [n, socket] of sockets.entries()) socket.subscribe(`s${n}`, NESTED, { after: after.at(-1 - (n % 20)) });
    for (const [n, socket] of sockets.entries()) for (let left = n % 20; left > 0; left--) await socket.next('next');
    await untilOpen(server.url, subscribers);
    await server.settled();
    statements.length = 0;
    await agent.moveEvent(event, 'CANCELED');
    await Promise.all(sockets.map((socket) => socket.next('next')));
    await server.settled();
    // Without what is looked up whether or not anybody subscribes, and how often by chance.
    const count = statements.filter((text) => !/FROM change_log|outbox_message/.test(text)).length;
    await agent.moveEvent(event, 'QUEUED');
    await closeAll(sockets);
    return count;
  }

  it('costs fifty subscribers of one document the statements that it costs one, wherever they began', async () => {
    const alone = await statementsFor(1);
    expect(await statementsFor(50)).toBe(alone);
    expect(alone).toBeGreaterThan(await statementsFor(0));
  });
});

describe('A subscriber that stops reading', () => {
  /** More than the network keeps for a client that takes nothing, by far. */
  const LARGE = `subscription { stateChanged { cursor ${Array.from({ length: 100 }, (_, n) => `r${n}: reason`).join(' ')} } }`;

  it('keeps those of its document waiting for nothing, and misses nothing when it reads on', async () => {
    const from = await head();
    const [slow, ...others] = (await readySockets(4)) as [ProtocolSocket, ...ProtocolSocket[]];
    for (const socket of [slow, ...others]) socket.subscribe('1', LARGE);
    await untilOpen(server.url, 4);
    slow.pause();
    await change(20, 'x'.repeat(2_000));
    const cursors = (await logBehind(from)).map(({ cursor }) => cursor);
    for (const other of others) expect(await cursorsTo(other, cursors.at(-1)!)).toEqual(cursors);
    slow.resume();
    expect(await cursorsTo(slow, cursors.at(-1)!)).toEqual(cursors);

    await change(1);
    const latest = (await logBehind(cursors.at(-1)!)).map(({ cursor }) => cursor);
    for (const socket of [slow, ...others]) expect(await cursorsTo(socket, latest.at(-1)!)).toEqual(latest);
    await closeAll([slow, ...others]);
  });

  it('is told nothing of a subscription that it has left when it reads on', async () => {
    const slow = await ProtocolSocket.ready(server.url);
    slow.subscribe('left', LARGE);
    await untilOpen(server.url, 1);
    slow.pause();
    await change(20, 'x'.repeat(2_000));
    slow.send({ type: 'complete', id: 'left' });
    await untilOpen(server.url, 0);
    slow.subscribe('stays', ALL);
    await untilOpen(server.url, 1);
    await change(1, 'after it');
    slow.resume();
    const heard: ProtocolMessage[] = [];
    while (heard.at(-1)?.id !== 'stays') heard.push(await slow.next('next'));
    expect(heard.at(-1)!.payload.data.stateChanged.reason).toBe('after it');
    expect(heard.length).toBeLessThan(60);
    await closeAll([slow]);
  });
});
