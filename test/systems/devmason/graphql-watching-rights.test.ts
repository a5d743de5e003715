import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../graphql/agent.js';
import { untilOpen } from '../../graphql/open-subscriptions.js';
import { Subscriber } from '../../support/subscriber.js';
import { DevmasonGateway } from './gateway.js';

let gateway: DevmasonGateway;

beforeAll(async () => {
  gateway = await DevmasonGateway.start();
  await gateway.register('lamp', gateway.admin);
});
afterAll(() => gateway.close());

const RIGHTS = '... on DevmasonBuild { buildId viewerCanDelete viewerCanAddSteps }';
const WITH_RIGHTS = `subscription { buildStateChanged { build { ${RIGHTS} } } }`;
const WITHOUT = 'subscription { buildStateChanged { build { name ... on DevmasonBuild { buildId } } } }';

async function watch(callers: readonly Caller[], document: string): Promise<Subscriber[]> {
  const subscribers = callers.map(({ token }) => new Subscriber(gateway.server.url, document, {}, token));
  await untilOpen(gateway.server.url, callers.length);
  return subscribers;
}

async function leave(subscribers: readonly Subscriber[]): Promise<void> {
  await Promise.all(subscribers.map((subscriber) => subscriber.close()));
  await untilOpen(gateway.server.url, 0);
}

/** The builds that somebody was told of. */
async function told(subscriber: Subscriber, count: number): Promise<unknown[]> {
  return (await subscriber.take(count)).map(({ data }) => (data as any).buildStateChanged.build);
}

describe('Subscribers of one document', () => {
  it('are each told their own rights, whoever else watches', async () => {
    const { anonymous, alice, bob, admin } = gateway;
    const callers = [anonymous, alice, bob, admin, alice, anonymous];
    const subscribers = await watch(callers, WITH_RIGHTS);
    const [ofAlice, ofBob] = [await gateway.report('lamp'), await gateway.report('lamp', {}, bob)];
    for (const [n, subscriber] of subscribers.entries()) {
      const own = [ofAlice, ofBob].map(({ buildId }) => gateway.build('lamp', buildId, RIGHTS, callers[n]!));
      expect(await told(subscriber, 2)).toEqual(await Promise.all(own));
    }
    const deletable = subscribers.map(({ received }) =>
      received.map(({ data }) => (data as any).buildStateChanged.build.viewerCanDelete),
    );
    expect(deletable.slice(0, 4)).toEqual([
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]);
    await leave(subscribers);
  });

  it('share one answer that does not say who asks, whatever their rights', async () => {
    const { anonymous, alice, bob, admin } = gateway;
    const costOf = async (callers: readonly Caller[]): Promise<number> => {
      const subscribers = await watch(callers, WITHOUT);
      const statements = await gateway.statementsOf(async () => {
        await gateway.report('lamp', {}, admin);
        for (const subscriber of subscribers) await subscriber.take(1);
        await gateway.server.settled();
      });
      await leave(subscribers);
      return statements.length;
    };
    expect(await costOf([anonymous, alice, bob, admin, anonymous, alice])).toBe(await costOf([anonymous]));
  });
});
