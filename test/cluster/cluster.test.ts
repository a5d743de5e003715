import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNRESTRICTED } from '../../src/core/auth/principal.js';
import type { Cluster } from '../../src/core/store/cluster.js';
import { CORE_ENTITIES } from '../../src/core/model/tables.js';
import { raw } from '../../src/core/store/sql.js';
import { Store } from '../../src/core/store/store.js';
import { commitChanges } from '../core/changes/verbs.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { expiry } from '../support/expiry.js';

/** A process as the others on its database see it. */
class Gateway {
  readonly #heard = new EventEmitter();
  wakes = 0;

  private constructor(readonly store: Store) {
    store.onCommit(() => {
      this.wakes += 1;
      this.#heard.emit('wake');
    });
  }

  cluster!: Cluster;

  static async start(database: TestDatabase): Promise<Gateway> {
    const gateway = new Gateway(await Store.open({ database: database.config, entities: CORE_ENTITIES }));
    gateway.cluster = await gateway.store.join(() => void gateway.#heard.emit('lost'));
    return gateway;
  }

  /** The next wake-up. */
  async woken(): Promise<void> {
    await once(this.#heard, 'wake', { signal: expiry() });
  }

  /** Resolves when it is told that its connection was lost. */
  async lost(): Promise<void> {
    await once(this.#heard, 'lost', { signal: expiry() });
  }

  /** Waits until it leads, which it hears of by a wake-up. */
  async leading(): Promise<void> {
    while (!(await this.cluster.lead())) await this.woken();
  }

  async close(): Promise<void> {
    await this.cluster.close();
    await this.store.close();
  }
}

let database: TestDatabase;
let one: Gateway;
let other: Gateway;
beforeEach(async () => {
  database = await testDatabase();
  one = await Gateway.start(database);
  other = await Gateway.start(database);
});
afterEach(async () => {
  await Promise.all([one.close(), other.close()]);
  await database.drop();
});

/** Ends the sessions that listen, as a restart of the server does. */
async function endListening(store: Store): Promise<void> {
  await store.reader.all(
    raw(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'buildgate cluster'`),
  );
}

describe('Gateways on one database', () => {
  it('hear of each other’s commits at once, and each of its own once', async () => {
    const heard = other.woken();
    await commitChanges(one.store, 1);
    await heard;
    expect([one.wakes, other.wakes]).toEqual([1, 1]);
    const back = one.woken();
    await commitChanges(other.store, 1);
    await back;
    expect([one.wakes, other.wakes]).toEqual([2, 2]);
  });

  it('hear nothing of what was rolled back', async () => {
    const refused = one.store.transact(UNRESTRICTED, async (transaction) => {
      transaction.publish(1, 'topic', 'body');
      await transaction.finish();
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    const heard = other.woken();
    await commitChanges(one.store, 1);
    await heard;
    expect(other.wakes).toBe(1);
  });

  it('have one that leads; another leads when it has left', async () => {
    expect(await one.cluster.lead()).toBe(true);
    expect(await other.cluster.lead()).toBe(false);
    await one.cluster.close();
    expect(await one.cluster.lead()).toBe(false);
    await other.leading();
  });

  it('have one that leads after all their connections were ended, and hear of each other again', async () => {
    const lost = Promise.all([one.lost(), other.lost()]);
    await endListening(one.store);
    await lost;
    await Promise.race([one.leading(), other.leading()]);
    const leads = await Promise.all([one.cluster.lead(), other.cluster.lead()]);
    expect(leads.filter(Boolean)).toHaveLength(1);
    await expect
      .poll(async () => {
        const before = other.wakes;
        await commitChanges(one.store, 1);
        return other.wakes > before;
      })
      .toBe(true);
  });
});
