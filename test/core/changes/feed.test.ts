import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeFeed } from '../../../src/core/changes/feed.js';
import { filtered } from '../../../src/core/changes/filtered.js';
import { headOf, parseChangeCursor, type Change } from '../../../src/core/changes/log.js';
import type { Reader } from '../../../src/core/store/reader.js';
import { anotherStore, ownStore, type OwnStore } from '../world.js';
import { commitChanges, commitMessages, upTo } from './verbs.js';

type Stream = AsyncIterableIterator<Change, undefined>;

let own: OwnStore;
let feed: ChangeFeed;
let stopWaking: () => void;

beforeEach(async () => {
  own = await ownStore();
  feed = await openFeed();
  stopWaking = own.store.onCommit(() => feed.wake());
});
afterEach(async () => {
  stopWaking();
  await feed.close();
  await own.close();
});

function openFeed(reader: Reader = own.store.reader, pollMs = 60_000, onError = failTest): Promise<ChangeFeed> {
  return ChangeFeed.open({ reader, onError, pollMs });
}

function failTest(error: unknown): void {
  throw error;
}

/** The sequences of the next changes. */
async function take(stream: Stream, count: number): Promise<number[]> {
  const sequences: number[] = [];
  while (sequences.length < count) {
    const { value, done } = await stream.next();
    if (done) throw new Error(`The stream ended after ${sequences.length} changes.`);
    sequences.push(value.sequence);
  }
  return sequences;
}

describe('A subscriber', () => {
  it('from now on gets what comes, in the order of commits', async () => {
    await commitChanges(own.store, 3);
    await take(await feed.subscribe(0), 3);
    const stream = await feed.subscribe(null);
    await commitChanges(own.store, 2);
    await commitChanges(own.store, 1);
    expect(await take(stream, 3)).toEqual([4, 5, 6]);
  });

  it('gets replay and live changes without gap and double while others write', async () => {
    await commitChanges(own.store, 50);
    const streams = await Promise.all([feed.subscribe(0), feed.subscribe(49), feed.subscribe(50)]);
    const writing = Promise.all(upTo(20).map((writer) => commitChanges(own.store, 1 + (writer % 4))));
    const late = (async () => {
      await commitChanges(own.store, 1);
      return take(await feed.subscribe(0), 101);
    })();
    const total = 50 + 50 + 1;
    const [whole, last, live] = await Promise.all([
      take(streams[0], total),
      take(streams[1], 52),
      take(streams[2], 51),
    ]);
    await writing;
    expect(whole).toEqual(upTo(total));
    expect(last).toEqual(upTo(total).slice(49));
    expect(live).toEqual(upTo(total).slice(50));
    expect(await late).toEqual(upTo(total));
  });

  it('far behind catches up from the log, beyond what is kept in memory', async () => {
    const stream = await feed.subscribe(null);
    const started = await feed.subscribe(0);
    await commitChanges(own.store, 700);
    expect(await take(started, 10)).toEqual(upTo(10));
    for (let round = 0; round < 4; round++) await commitChanges(own.store, 700);
    const quick = await feed.subscribe(3500);
    await commitChanges(own.store, 1);
    expect(await take(quick, 1)).toEqual([3501]);
    own.statements.length = 0;
    expect(await take(stream, 3501)).toEqual(upTo(3501));
    expect(await take(started, 3491)).toEqual(upTo(3501).slice(10));
    expect(own.statements.length).toBeLessThan(12);
  });

  it('up to date reads nothing of its own', async () => {
    const streams = await Promise.all(upTo(30).map(() => feed.subscribe(null)));
    own.statements.length = 0;
    await commitChanges(own.store, 3);
    for (const stream of streams) expect(await take(stream, 3)).toEqual([1, 2, 3]);
    expect(own.statements.filter((text) => text.includes('FROM change_log ')).length).toBeLessThanOrEqual(2);
  });

  it('sees no gap where messages took sequences', async () => {
    const stream = await feed.subscribe(0);
    await commitMessages(own.store, ['a', 'b']);
    await commitChanges(own.store, 3, { messages: true });
    await commitMessages(own.store, ['c']);
    expect(await take(stream, 3)).toEqual([3, 5, 6]);
    await commitChanges(own.store, 1);
    expect(await take(stream, 1)).toEqual([9]);
    expect(feed.head).toBe(await headOf(own.store.reader));
    expect(await take(await feed.subscribe(4), 3)).toEqual([5, 6, 9]);
  });

  it('gets what another process commits, by polling', async () => {
    const other = await anotherStore(own.config);
    const polled = await openFeed(own.store.reader, 10);
    const stream = await polled.subscribe(null);
    await commitChanges(other, 2);
    expect(await take(stream, 2)).toEqual([1, 2]);
    await polled.close();
    await other.close();
  });
});

describe('A subscription ends', () => {
  it('at once when it is left while it waits', async () => {
    const stream = await feed.subscribe(null);
    const pending = stream.next();
    expect(await stream.return!()).toEqual({ value: undefined, done: true });
    expect(await pending).toEqual({ value: undefined, done: true });
    await commitChanges(own.store, 1);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  it('at once when it is left through a filter that lets nothing pass', async () => {
    const stream = filtered(await feed.subscribe(null), () => false);
    const pending = stream.next();
    await commitChanges(own.store, 3);
    await stream.return!();
    expect(await pending).toEqual({ value: undefined, done: true });
  });

  it('with the error that is thrown into it', async () => {
    const stream = await feed.subscribe(null);
    const pending = stream.next();
    await expect(stream.throw!(new Error('gone'))).rejects.toThrow('gone');
    expect(await pending).toEqual({ value: undefined, done: true });
  });

  it('for all when the feed closes, waiting or not yet', async () => {
    const waiting = await Promise.all(upTo(5).map(() => feed.subscribe(null)));
    const pending = waiting.map((stream) => stream.next());
    const idle = await feed.subscribe(null);
    await feed.close();
    for (const result of [...pending, idle.next()]) expect(await result).toEqual({ value: undefined, done: true });
    expect(feed.closed).toBe(true);
  });
});

describe('A cursor', () => {
  it('ahead of the log is refused', async () => {
    await commitChanges(own.store, 2);
    await expect(feed.subscribe(3)).rejects.toMatchObject({
      code: 'INVALID',
      message: 'after: this cursor lies ahead of the change log.',
    });
    const stream = await feed.subscribe(2);
    await commitChanges(own.store, 1);
    expect(await take(stream, 1)).toEqual([3]);
  });

  it('that another process gave is taken before the own feed has read so far', async () => {
    const other = await anotherStore(own.config);
    await commitChanges(other, 2);
    expect(feed.head).toBe(0);
    const stream = await feed.subscribe(2);
    await commitChanges(own.store, 1);
    expect(await take(stream, 1)).toEqual([3]);
    await other.close();
  });

  it.each(['', ' 1', '01', '-1', '1.5', '1e3', 'x', '１', '9'.repeat(16), '9'.repeat(30), '1\0', '1\n'])(
    '%j is refused',
    (cursor) => {
      expect(() => parseChangeCursor(cursor)).toThrow(
        expect.objectContaining({ code: 'INVALID', message: 'after: not a cursor of the change log.' }),
      );
    },
  );

  it('is a sequence as text', () => {
    expect([parseChangeCursor('0'), parseChangeCursor('10'), parseChangeCursor('9007199254740991')]).toEqual([
      0,
      10,
      Number.MAX_SAFE_INTEGER,
    ]);
  });
});

describe('A feed whose reads fail', () => {
  it('says so and reads on at the next wake-up', async () => {
    let broken = false;
    const reader: Reader = {
      dialect: own.store.dialect,
      all: (statement) => (broken ? Promise.reject(new Error('no database')) : own.store.reader.all(statement)),
    };
    const { promise: failed, resolve: onError } = Promise.withResolvers<unknown>();
    const flaky = await openFeed(reader, 60_000, onError);
    const pending = take(await flaky.subscribe(null), 3);
    await commitChanges(own.store, 2);
    broken = true;
    flaky.wake();
    expect(await failed).toEqual(new Error('no database'));
    broken = false;
    await commitChanges(own.store, 1);
    flaky.wake();
    expect(await pending).toEqual([1, 2, 3]);
    await flaky.close();
  });
});
