import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EXPIRY_MS } from '../../support/expiry.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { Subscriber } from '../../support/subscriber.js';
import { anotherStore } from '../world.js';
import { commitChanges } from './verbs.js';

const DAY_US = 86_400_000_000;
const now = (): number => Date.now() * 1000;

let server: TestServer;

/** 2,500 changes of the day before yesterday and three of an hour ago. */
beforeAll(async () => {
  server = await startTestServer({
    env: { BUILDGATE_LOG_RETENTION_DAYS: '1' },
    prepare: async (database) => {
      let age = 2 * DAY_US;
      const store = await anotherStore(database, { now: () => now() - age });
      for (let round = 0; round < 5; round++) await commitChanges(store, 500);
      age = DAY_US / 24;
      await commitChanges(store, 3);
      await store.close();
    },
  });
  await vi.waitFor(
    async () => {
      const { data } = await server.graphql('{ stateChanges(first: 1) { totalCount } }');
      assert.equal(data.stateChanges.totalCount, 3);
    },
    { timeout: EXPIRY_MS },
  );
});
afterAll(() => server.close());

const EXPIRED = {
  message:
    'after: the changes behind this cursor are not kept any more; read the records afresh and go on without a cursor.',
  extensions: expect.objectContaining({ code: 'CURSOR_EXPIRED' }),
};

describe('With BUILDGATE_LOG_RETENTION_DAYS=1', () => {
  it('changes of the last day are kept', async () => {
    const { data } = await server.graphql('{ stateChanges { nodes { cursor } } }');
    expect(data.stateChanges.nodes).toEqual([{ cursor: '2501' }, { cursor: '2502' }, { cursor: '2503' }]);
  });

  it('a list behind a cursor whose changes are gone says so', async () => {
    const { errors } = await server.graphql('{ stateChanges(after: "2499") { nodes { cursor } } }');
    expect(errors).toMatchObject([EXPIRED]);
    const { data } = await server.graphql('{ stateChanges(after: "2500") { nodes { cursor } } }');
    expect(data.stateChanges.nodes).toHaveLength(3);
  });

  it('a subscription behind such a cursor says so and does not begin', async () => {
    const subscriber = new Subscriber(server.url, 'subscription { stateChanged(after: "12") { cursor } }');
    await subscriber.end();
    expect(subscriber.received).toEqual([{ errors: [expect.objectContaining(EXPIRED)] }]);
    await subscriber.close();
  });

  it('a subscription behind the newest change that is gone gets all that is kept, then what comes', async () => {
    const subscriber = new Subscriber(server.url, 'subscription { stateChanged(after: "2500") { cursor } }');
    await subscriber.take(3);
    await commitChanges(server.app.store, 1);
    const results = await subscriber.take(4);
    expect(results.map(({ data }) => (data as any).stateChanged.cursor)).toEqual(['2501', '2502', '2503', '2504']);
    await subscriber.close();
  });
});
