import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { Outbox } from '../../../src/core/changes/outbox.js';
import { CORE_ENTITIES } from '../../../src/core/model/tables.js';
import { System } from '../../../src/core/model/states.js';
import { Store } from '../../../src/core/store/store.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';

/** A broker under the control of a test: notes what it is sent, and takes what the test lets it take. */
class Broker {
  readonly sent: string[] = [];
  takes: (body: string) => boolean | Promise<boolean> = () => true;

  readonly publish = async ({ body }: { readonly body: string }): Promise<void> => {
    this.sent.push(body);
    if (!(await this.takes(body))) throw new Error(`refused ${body}`);
  };
}

/** Longer than a test may take: whatever is published after a refusal did not wait for the pause. */
const NEVER_MS = 3_600_000;

let database: TestDatabase;
let store: Store;
let broker: Broker;
let outbox: Outbox;
let outcomes: string[];
let errors: string[];

beforeEach(async () => {
  database = await testDatabase();
  store = await Store.open({ database: database.config, entities: CORE_ENTITIES });
  broker = new Broker();
  outcomes = [];
  errors = [];
  outbox = open(NEVER_MS);
  store.onCommit(() => outbox.wake());
});
afterEach(async () => {
  await outbox.close();
  await store.close();
  await database.drop();
});

function open(firstRetryMs: number): Outbox {
  return new Outbox({
    store,
    publish: broker.publish,
    lead: async () => true,
    onOutcome: (_system, outcome) => outcomes.push(outcome),
    onError: (error) => errors.push((error as Error).message),
    firstRetryMs,
  });
}

async function commit(...bodies: string[]): Promise<void> {
  await store.transact(UNRESTRICTED, async (transaction) => {
    for (const body of bodies) transaction.publish(System.FRESHMAKER, 'topic', body);
  });
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, number) => String(number));

describe('the outbox', () => {
  it('publishes what was committed, in order, without waiting for one message before the next', async () => {
    const gate = Promise.withResolvers<boolean>();
    broker.takes = () => gate.promise;
    await commit('1', '2', '3');
    await expect.poll(() => broker.sent).toEqual(['1', '2', '3']);
    expect(await outbox.pending()).toBe(3);
    gate.resolve(true);
    await outbox.settled();
    expect(await outbox.pending()).toBe(0);
    expect(outcomes).toEqual(['sent', 'sent', 'sent']);
  });

  it('publishes more than fit into one batch', async () => {
    const bodies = numbered(1_001);
    await commit(...bodies);
    await outbox.settled();
    expect(broker.sent).toEqual(bodies);
    expect(await outbox.pending()).toBe(0);
  });

  it('keeps everything from the first refused message on, also what the broker took', async () => {
    broker.takes = (body) => body !== '3';
    await commit('1', '2', '3', '4');
    await expect.poll(() => outcomes).toEqual(['sent', 'sent', 'failed']);
    expect(errors).toEqual(['refused 3']);
    expect(await outbox.pending()).toBe(2);
    broker.sent.length = 0;
    broker.takes = () => true;
    await outbox.settled();
    expect(broker.sent).toEqual(['3', '4']);
    expect(await outbox.pending()).toBe(0);
  });

  it('tries a refused message alone, and not because of what is committed meanwhile', async () => {
    broker.takes = () => false;
    await commit('1', '2');
    await expect.poll(() => errors).toHaveLength(1);
    broker.sent.length = 0;
    for (const body of ['3', '4', '5']) await commit(body);
    // Ends after every attempt that was begun before; its own is the only one.
    await outbox.settled();
    expect(broker.sent).toEqual(['1']);
  });

  it('tries by itself after a pause', async () => {
    await outbox.close();
    outbox = open(1);
    broker.takes = () => errors.length === 3;
    await commit('1', '2');
    await expect.poll(() => outbox.pending()).toBe(0);
    expect(errors).toEqual(['refused 1', 'refused 1', 'refused 1']);
    expect(broker.sent).toEqual(['1', '2', '1', '1', '1', '2']);
  });

  it('tries at once when told that the broker is back', async () => {
    broker.takes = () => false;
    await commit('1', '2');
    await expect.poll(() => errors).toHaveLength(1);
    broker.takes = () => true;
    outbox.retryNow();
    await expect.poll(() => outbox.pending()).toBe(0);
  });

  it('tries again at once when the broker comes back during an attempt', async () => {
    const attempt = Promise.withResolvers<boolean>();
    broker.takes = () => attempt.promise;
    await commit('1');
    await expect.poll(() => broker.sent).toEqual(['1']);
    outbox.retryNow();
    broker.takes = () => true;
    attempt.resolve(false);
    await expect.poll(() => outbox.pending()).toBe(0);
  });

  it('publishes after a restart what the last process left', async () => {
    broker.takes = () => false;
    await commit('1', '2');
    await outbox.close();
    broker.takes = () => true;
    broker.sent.length = 0;
    outbox = open(NEVER_MS);
    await outbox.settled();
    expect(broker.sent).toEqual(['1', '2']);
  });
});
