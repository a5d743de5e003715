import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeFeed } from '../../../src/core/changes/feed.js';
import { headOf, parseChangeCursor, type LogEntry } from '../../../src/core/changes/log.js';
import { Watch, type Walk, type WatchOptions } from '../../../src/core/changes/watch.js';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import type { Reader } from '../../../src/core/store/reader.js';
import { sql } from '../../../src/core/store/sql.js';
import { anotherStore, ownStore, type OwnStore } from '../world.js';
import { commitChanges, commitMessages, upTo } from './verbs.js';

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

/** A walk through what a subscriber is shown; all of the log if nothing else is said. */
async function subscribe(
  from: ChangeFeed,
  after: number | null,
  pick: WatchOptions<LogEntry>['pick'] = (entry) => entry,
): Promise<Walk> {
  return new Watch({ feed: from, after: await from.placeBehind(after), pick })[Symbol.asyncIterator]();
}

function failTest(error: unknown): void {
  throw error;
}

/** The sequences of the next changes. */
async function take(stream: Walk, count: number): Promise<number[]> {
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
    await take(await subscribe(feed, 0), 3);
    const stream = await subscribe(feed, null);
    await commitChanges(own.store, 2);
    await commitChanges(own.store, 1);
    expect(await take(stream, 3)).toEqual([4, 5, 6]);
  });

  it('from now on gets nothing that was committed before, also where its process has not read that yet', async () => {
    const behind = await openFeed();
    await commitChanges(own.store, 3);
    const stream = await subscribe(behind, null);
    await commitChanges(own.store, 2);
    behind.wake();
    expect(await take(stream, 2)).toEqual([4, 5]);
    await behind.close();
  });

  it('gets replay and live changes without gap and double while others write', async () => {
    await commitChanges(own.store, 50);
    const streams = await Promise.all([subscribe(feed, 0), subscribe(feed, 49), subscribe(feed, 50)]);
    const writing = Promise.all(upTo(20).map((writer) => commitChanges(own.store, 1 + (writer % 4))));
    const late = (async () => {
      await commitChanges(own.store, 1);
      return take(await subscribe(feed, 0), 101);
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
    const stream = await subscribe(feed, null);
    const started = await subscribe(feed, 0);
    await commitChanges(own.store, 700);
    expect(await take(started, 10)).toEqual(upTo(10));
    for (let round = 0; round < 4; round++) await commitChanges(own.store, 700);
    const quick = await subscribe(feed, 3500);
    await commitChanges(own.store, 1);
    expect(await take(quick, 1)).toEqual([3501]);
    own.statements.length = 0;
    expect(await take(stream, 3501)).toEqual(upTo(3501));
    expect(await take(started, 3491)).toEqual(upTo(3501).slice(10));
    expect(own.statements.length).toBeLessThan(22);
  });

  it('up to date reads nothing of its own', async () => {
    const streams = await Promise.all(upTo(30).map(() => subscribe(feed, null)));
    own.statements.length = 0;
    await commitChanges(own.store, 3);
    for (const stream of streams) expect(await take(stream, 3)).toEqual([1, 2, 3]);
    expect(own.statements.filter((text) => text.includes('FROM change_log ')).length).toBeLessThanOrEqual(2);
  });

  it('sees no gap where messages took sequences', async () => {
    const stream = await subscribe(feed, 0);
    await commitMessages(own.store, ['a', 'b']);
    await commitChanges(own.store, 3, { messages: true });
    await commitMessages(own.store, ['c']);
    expect(await take(stream, 3)).toEqual([3, 5, 6]);
    await commitChanges(own.store, 1);
    expect(await take(stream, 1)).toEqual([9]);
    expect(feed.head).toBe(await headOf(own.store.reader));
    expect(await take(await subscribe(feed, 4), 3)).toEqual([5, 6, 9]);
  });

  it('gets what another process commits, by polling', async () => {
    const other = await anotherStore(own.config);
    const polled = await openFeed(own.store.reader, 10);
    const stream = await subscribe(polled, null);
    await commitChanges(other, 2);
    expect(await take(stream, 2)).toEqual([1, 2]);
    await polled.close();
    await other.close();
  });
});

describe('A subscription ends', () => {
  it('at once when it is left while it waits', async () => {
    const stream = await subscribe(feed, null);
    const pending = stream.next();
    expect(await stream.return()).toEqual({ value: undefined, done: true });
    expect(await pending).toEqual({ value: undefined, done: true });
    await commitChanges(own.store, 1);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  it('at once when it is left through a filter that lets nothing pass', async () => {
    const stream = await subscribe(feed, null, () => null);
    const pending = stream.next();
    await commitChanges(own.store, 3);
    await stream.return();
    expect(await pending).toEqual({ value: undefined, done: true });
  });

  it('for all when the feed closes, waiting or not yet', async () => {
    const waiting = await Promise.all(upTo(5).map(() => subscribe(feed, null)));
    const pending = waiting.map((stream) => stream.next());
    const idle = await subscribe(feed, null);
    await feed.close();
    for (const result of [...pending, idle.next()]) expect(await result).toEqual({ value: undefined, done: true });
    expect(feed.closed).toBe(true);
  });
});

describe('A cursor', () => {
  it('ahead of the log is refused', async () => {
    await commitChanges(own.store, 2);
    await expect(subscribe(feed, 3)).rejects.toMatchObject({
      code: 'INVALID',
      message: 'after: this cursor lies ahead of the change log.',
    });
    const stream = await subscribe(feed, 2);
    await commitChanges(own.store, 1);
    expect(await take(stream, 1)).toEqual([3]);
  });

  it('that another process gave is taken before the own feed has read so far', async () => {
    const other = await anotherStore(own.config);
    await commitChanges(other, 2);
    expect(feed.head).toBe(0);
    const stream = await subscribe(feed, 2);
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

describe('A log that was trimmed', () => {
  /** Deletes the changes up to a sequence. */
  async function trim(sequence: number): Promise<void> {
    await own.store.transact(ANONYMOUS, async (transaction) => {
      await transaction.all(sql`DELETE FROM change_log WHERE sequence <= ${sequence}`);
      await transaction.all(sql`UPDATE change_log_head SET trimmed_to = ${sequence}`);
    });
  }
  const EXPIRED = {
    code: 'CURSOR_EXPIRED',
    message: expect.stringMatching(/^after: .* not kept any more; read .* afresh/),
  };

  it('refuses a cursor older than what is kept, and takes the oldest that leads to all of it', async () => {
    await commitChanges(own.store, 10);
    await trim(6);
    const late = await openFeed();
    await expect(subscribe(late, 5)).rejects.toMatchObject(EXPIRED);
    await expect(subscribe(late, 0)).rejects.toMatchObject(EXPIRED);
    expect(await take(await subscribe(late, 6), 4)).toEqual([7, 8, 9, 10]);
    await late.close();
  });

  it('ends a replay that it has overtaken with that refusal', async () => {
    await commitChanges(own.store, 1200);
    const late = await openFeed();
    const stream = await subscribe(late, 0);
    expect(await take(stream, 500)).toEqual(upTo(500));
    await trim(700);
    await expect(stream.next()).rejects.toMatchObject(EXPIRED);
    await late.close();
  });

  it('is noticed by a process that was halted meanwhile: its subscribers hear that changes are missing', async () => {
    const stream = await subscribe(feed, null);
    stopWaking();
    await commitChanges(own.store, 10);
    await trim(6);
    feed.wake();
    await expect(stream.next()).rejects.toMatchObject(EXPIRED);
    expect(await take(await subscribe(feed, 8), 2)).toEqual([9, 10]);
    const live = await subscribe(feed, null);
    await commitChanges(own.store, 1);
    feed.wake();
    expect(await take(live, 1)).toEqual([11]);
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
    const pending = take(await subscribe(flaky, null), 3);
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
