import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { Outbox, type PublishMessage } from '../../../src/core/changes/outbox.js';
import { System } from '../../../src/core/model/states.js';
import { sql } from '../../../src/core/store/sql.js';
import { anotherStore, ownStore, type OwnStore } from '../world.js';
import { commitChanges, commitMessages } from './verbs.js';

let own: OwnStore;
/** Bodies that the broker has taken. */
let taken: string[];
/** Whether this process publishes; asked before and after messages are read. */
let lead: () => boolean;
/** What the broker says to a message; takes it when it returns. */
let answer: (body: string) => void | Promise<void>;
let outcomes: string[];
let errors: unknown[];
let outbox: Outbox;

const publish: PublishMessage = async ({ topic, body }) => {
  expect(topic).toBe('topic');
  await answer(body);
  taken.push(body);
};

beforeEach(async () => {
  own = await ownStore();
  [taken, outcomes, errors] = [[], [], []];
  answer = () => undefined;
  lead = () => true;
  outbox = open(own.store);
});
afterEach(async () => {
  await outbox.close();
  await own.close();
});

function open(store: OwnStore['store']): Outbox {
  return new Outbox({
    store,
    publish,
    lead: async () => lead(),
    onOutcome: (system, outcome) => void outcomes.push(`${System[system]} ${outcome}`),
    onError: (error) => void errors.push(error),
  });
}

const refuse = (): never => {
  throw new Error('refused');
};

describe('The outbox', () => {
  it('publishes in the order of commits and forgets what was taken', async () => {
    await commitMessages(own.store, ['1', '2']);
    await commitChanges(own.store, 2);
    await commitMessages(own.store, ['3']);
    expect(await outbox.pending()).toBe(3);
    await outbox.settled();
    expect(taken).toEqual(['1', '2', '3']);
    expect(outcomes).toEqual(['FRESHMAKER sent', 'FRESHMAKER sent', 'FRESHMAKER sent']);
    expect(await outbox.pending()).toBe(0);
    await outbox.settled();
    expect(taken).toHaveLength(3);
  });

  it('publishes nothing that was read while another process took over', async () => {
    await commitMessages(own.store, ['1']);
    const leads = [true, false];
    lead = () => leads.shift() ?? false;
    await outbox.settled();
    expect(leads).toEqual([]);
    expect(taken).toEqual([]);
    expect(await outbox.pending()).toBe(1);
  });

  it('publishes by itself what is committed while it works', async () => {
    const stop = own.store.onCommit(() => outbox.wake());
    answer = async (body) => {
      if (Number(body) < 5) await commitMessages(own.store, [String(Number(body) + 1)]);
    };
    await commitMessages(own.store, ['1']);
    await outbox.settled();
    stop();
    expect(taken).toEqual(['1', '2', '3', '4', '5']);
  });

  it('survives the process: another one publishes what is left', async () => {
    answer = (body) => {
      if (body !== '1') refuse();
    };
    await commitMessages(own.store, ['1', '2', '3']);
    await outbox.close();
    expect(taken).toEqual(['1']);
    answer = () => undefined;
    outbox.wake();
    const reopened = await anotherStore(own.config);
    const successor = open(reopened);
    await successor.close();
    expect(taken).toEqual(['1', '2', '3']);
    expect(await reopened.reader.all(sql`SELECT * FROM outbox_message`)).toEqual([]);
    await reopened.close();
  });

  it('publishes again what was taken when forgetting it failed', async () => {
    const closing = await anotherStore(own.config);
    const failing = open({
      reader: closing.reader,
      transact: () => Promise.reject(new Error('no database')),
    } as unknown as OwnStore['store']);
    await commitMessages(own.store, ['1', '2']);
    await failing.close();
    await closing.close();
    expect(errors).toEqual([new Error('no database')]);
    await outbox.settled();
    expect(taken).toEqual(['1', '2', '1', '2']);
  });

  it('says whether a message was taken in time', async () => {
    answer = refuse;
    const message = await own.store.transact(ANONYMOUS, async (transaction) =>
      transaction.publish(System.FRESHMAKER, 'topic', '1'),
    );
    expect(await outbox.taken(message, 1)).toBe(false);
    answer = () => undefined;
    expect(await outbox.taken(message, 60_000)).toBe(true);
    expect(taken).toEqual(['1']);
  });

  it('publishes nothing of a verb that was rolled back', async () => {
    const verb = own.store.transact(
      { userName: null, userId: null, admin: true, roles: new Set() },
      async (transaction) => {
        transaction.publish(System.FRESHMAKER, 'topic', 'never');
        throw new Error('broken');
      },
    );
    await expect(verb).rejects.toThrow('broken');
    await outbox.settled();
    expect(taken).toEqual([]);
  });
});
