import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNRESTRICTED } from '../../src/core/auth/principal.js';
import { Outbox } from '../../src/core/changes/outbox.js';
import { CORE_ENTITIES } from '../../src/core/model/tables.js';
import { System } from '../../src/core/model/states.js';
import { Store } from '../../src/core/store/store.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

/** A broker under the control of a test: notes what it is sent, and takes what the test lets it take. */
class Broker {
  readonly sent: string[] = [];
  readonly events = new EventEmitter();
  takes: (body: string) => boolean | Promise<boolean> = () => true;

  readonly publish = async ({ body }: { readonly body: string }): Promise<void> => {
    this.sent.push(body);
    this.events.emit('sent');
    if (!(await this.takes(body))) throw new Error(`refused ${body}`);
  };
}

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
  outbox = new Outbox({
    store,
    publish: broker.publish,
    onOutcome: (_system, outcome) => outcomes.push(outcome),
    onError: (error) => errors.push((error as Error).message),
  });
  store.onCommit(() => outbox.wake());
});
afterEach(async () => {
  await outbox.close();
  await store.close();
  await database.drop();
});

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

  it('tries a refused message alone, after a pause, whatever is committed meanwhile', async () => {
    broker.takes = () => false;
    await commit('1', '2');
    await expect.poll(() => errors).toHaveLength(1);
    const refused = performance.now();
    broker.sent.length = 0;
    for (const body of ['3', '4', '5']) await commit(body);
    await once(broker.events, 'sent', { signal: AbortSignal.timeout(5_000) });
    expect(performance.now() - refused).toBeGreaterThan(150);
    expect(broker.sent).toEqual(['1']);
  });

  it('tries at once when told that the broker is back', async () => {
    broker.takes = () => false;
    await commit('1', '2');
    // The third pause would take 0.8 s.
    await expect.poll(() => errors, { timeout: 5_000 }).toHaveLength(3);
    broker.takes = () => true;
    const told = performance.now();
    outbox.retryNow();
    await expect.poll(() => outbox.pending(), { interval: 5 }).toBe(0);
    expect(performance.now() - told).toBeLessThan(600);
  });

  it('tries again at once when the broker comes back during an attempt', async () => {
    const attempt = Promise.withResolvers<boolean>();
    broker.takes = () => attempt.promise;
    await commit('1');
    await expect.poll(() => broker.sent).toEqual(['1']);
    outbox.retryNow();
    broker.takes = () => true;
    const told = performance.now();
    attempt.resolve(false);
    await expect.poll(() => outbox.pending(), { interval: 5 }).toBe(0);
    expect(performance.now() - told).toBeLessThan(150);
  });

  it('publishes after a restart what the last process left', async () => {
    broker.takes = () => false;
    await commit('1', '2');
    await outbox.close();
    broker.takes = () => true;
    broker.sent.length = 0;
    outbox = new Outbox({ store, publish: broker.publish, onOutcome: () => undefined, onError: () => undefined });
    await outbox.settled();
    expect(broker.sent).toEqual(['1', '2']);
  });
});
