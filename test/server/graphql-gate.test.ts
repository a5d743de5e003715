import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../src/core/auth/principal.js';
import { ChangeFeed } from '../../src/core/changes/feed.js';
import type { LogEntry } from '../../src/core/changes/log.js';
import { Watch, type WatchOptions } from '../../src/core/changes/watch.js';
import { BuildgateError } from '../../src/core/errors.js';
import type { Gateway } from '../../src/core/graphql/context.js';
import { Gate } from '../../src/server/execution.js';
import type { MessageBytes } from '../../src/server/socket-connection.js';
import { Member, type Outlet } from '../../src/server/subscriptions/member.js';
import { commitChanges } from '../core/changes/verbs.js';
import { ownStore, type OwnStore } from '../core/world.js';

/** A gate on a schema whose fields and streams fail in ways that the real one's should not. */
function failingGate() {
  const faults: unknown[] = [];
  const subscriptions: string[] = [];
  const text = { type: GraphQLString };
  const fail = (): never => {
    throw new Error('SELECT secret FROM cellar');
  };
  let isAway = true;
  const away = (): string => {
    isAway = !isAway;
    if (!isAway) throw new BuildgateError('UNAVAILABLE', 'The database is away.');
    return 'there';
  };
  const pickFirst: WatchOptions<LogEntry>['pick'] = (entry) =>
    entry.sequence === 1 ? { ...entry, broken: 'first' } : fail();
  const watch = (after: number, pick: WatchOptions<LogEntry>['pick'] = (entry) => entry) => ({
    subscribe: () => new Watch({ feed, after, pick }),
  });
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: { broken: { ...text, resolve: fail }, whole: { ...text, resolve: () => 'whole' } },
    }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        broken: { ...text, ...watch(0, pickFirst) },
        refused: { ...text, subscribe: fail },
        unanswered: { ...text, ...watch(2), resolve: fail },
        unseen: { ...text, ...watch(2, fail) },
        away: { ...text, ...watch(2), resolve: away },
      },
    }),
  });
  const gate = new Gate({
    schema,
    gateway: {} as Gateway,
    onFault: (error) => void faults.push(error),
    onOperation: () => undefined,
    onSubscription: (change) => void subscriptions.push(change),
  });
  const request = (source: string, requestId = 'request-1') => {
    const { document, errors } = gate.prepare(source);
    if (!document) throw new Error(errors.join());
    const context = gate.context({ principal: ANONYMOUS, requestId });
    return { document, context, transport: 'websocket' } as const;
  };
  return { gate, request, faults, subscriptions };
}

const MASKED = { message: 'Internal error.', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'request-1' } };

let own: OwnStore;
let feed: ChangeFeed;

beforeEach(async () => {
  own = await ownStore();
  await commitChanges(own.store, 2);
  feed = await ChangeFeed.open({ reader: own.store.reader, onError: () => undefined });
});
afterEach(async () => {
  await feed.close();
  await own.close();
});

/** Commits a change, and has everybody told of it. */
async function change(): Promise<void> {
  await commitChanges(own.store, 1);
  feed.wake();
}

/** Somebody who hears a subscription. */
class Listener implements Outlet {
  readonly isFull = false;
  readonly #heard: any[] = [];
  readonly ended: Promise<void>;
  #onHeard: () => void = () => undefined;

  constructor(subscription: unknown) {
    if (!(subscription instanceof Member)) throw new Error('Not started.');
    this.ended = subscription.show(this, '7');
  }

  /** What was heard, as soon as it is so many messages. */
  async heard(count: number): Promise<any[]> {
    while (this.#heard.length < count) await new Promise<void>((resolve) => (this.#onHeard = resolve));
    return this.#heard;
  }

  deliver({ head }: MessageBytes): boolean {
    this.#heard.push(JSON.parse(String(head)));
    this.#onHeard();
    return true;
  }

  hold(): void {}
  release(): void {}
  drop(): void {}
}

describe('documents', () => {
  it('are prepared once, as long as there is room for them', () => {
    const { gate } = failingGate();
    const padded = (name: string, characters: number) => `query ${name} { whole } #${' '.repeat(characters)}`;
    const [first, long] = [padded('First', 10_000), padded('Long', 600_000)];
    const { document } = gate.prepare(first);
    expect(document).toBeDefined();
    expect(gate.prepare(first).document).toBe(document);
    expect(gate.prepare(long).document).not.toBe(gate.prepare(long).document);
    // More than fill the room, each of its own.
    for (let number = 0; number < 120; number += 1) gate.prepare(padded(`Other${number}`, 10_000));
    expect(gate.prepare(first).document).not.toBe(document);
  });
});

describe('a fault', () => {
  it('of one field is masked, logged and leaves the others', async () => {
    const { gate, request, faults } = failingGate();
    const { data, errors } = await gate.execute(request('{ whole broken }'));
    expect(data).toEqual({ broken: null, whole: 'whole' });
    expect(errors?.map((error) => error.toJSON())).toEqual([
      { ...MASKED, path: ['broken'], locations: expect.any(Array) },
    ]);
    expect(faults).toEqual([new Error('SELECT secret FROM cellar')]);
  });

  it('of the start of a subscription is masked and logged', async () => {
    const { gate, request, faults, subscriptions } = failingGate();
    const result = await gate.subscribe(request('subscription { refused }'));
    if (result instanceof Member) throw new Error('Not refused.');
    expect(result.errors?.map((error) => error.toJSON())).toMatchObject([MASKED]);
    expect([faults.length, subscriptions]).toEqual([1, []]);
  });

  it('of a running subscription is the last that its reader hears, masked and logged', async () => {
    const { gate, request, faults, subscriptions } = failingGate();
    const listener = new Listener(await gate.subscribe(request('subscription { broken }')));
    await listener.ended;
    expect(await listener.heard(2)).toEqual([
      { id: '7', type: 'next', payload: { data: { broken: 'first' } } },
      { id: '7', type: 'next', payload: { errors: [MASKED] } },
    ]);
    expect([faults.length, subscriptions]).toEqual([1, ['started', 'ended']]);
  });

  describe('of subscriptions that share an answer', () => {
    const namedBy = (messages: any[]) => messages.map(({ payload }) => payload.errors[0].extensions.requestId);

    it('is told to each with the request id of its own connection, and logged for each', async () => {
      const { gate, request, faults } = failingGate();
      const source = 'subscription { unanswered }';
      const first = new Listener(await gate.subscribe(request(source)));
      const second = new Listener(await gate.subscribe(request(source, 'request-2')));
      await change();
      expect(await first.heard(1)).toMatchObject([{ payload: { data: { unanswered: null }, errors: [MASKED] } }]);
      expect(namedBy(await second.heard(1))).toEqual(['request-2']);
      expect(faults).toHaveLength(2);
    });

    it('in what they are shown is the last that each hears', async () => {
      const { gate, request, faults, subscriptions } = failingGate();
      const source = 'subscription { unseen }';
      const first = new Listener(await gate.subscribe(request(source)));
      const second = new Listener(await gate.subscribe(request(source, 'request-2')));
      await change();
      await Promise.all([first.ended, second.ended]);
      expect(namedBy([...(await first.heard(1)), ...(await second.heard(1))])).toEqual(['request-1', 'request-2']);
      expect(faults).toHaveLength(2);
      expect(subscriptions).toEqual(['started', 'started', 'ended', 'ended']);
    });

    it('is not given out while the database is away: they wait for the answer', async () => {
      const { gate, request } = failingGate();
      const source = 'subscription { away }';
      const listeners = [
        new Listener(await gate.subscribe(request(source))),
        new Listener(await gate.subscribe(request(source, 'request-2'))),
      ];
      await change();
      for (const listener of listeners)
        expect(await listener.heard(1)).toEqual([{ id: '7', type: 'next', payload: { data: { away: 'there' } } }]);
    });
  });
});
