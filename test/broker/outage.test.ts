import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus, BusMessage } from '../../src/bus/bus.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { Inbox } from '../bus/bus-contract.js';
import { connected, PlainClient, proxiedBroker, testBus, uniqueName, withoutRepeats } from './broker.js';

/** Longer than a test may take: what ends did not wait for it. */
const NEVER_MS = 3_600_000;

let exchange: string;
let url: string;
let proxy: TcpProxy;
let client: PlainClient;
let buses: Bus[];
let reported: string[];

beforeEach(async () => {
  exchange = uniqueName();
  ({ proxy, url } = await proxiedBroker());
  client = await PlainClient.open();
  await client.exchange(exchange);
  buses = [];
  reported = [];
});
afterEach(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await proxy.close();
  await client.close();
});

/** A bus whose connection goes through the proxy. */
function start(options: Parameters<typeof testBus>[0] = {}): Bus {
  const bus = testBus({ url, exchange, onError: (error) => reported.push(error.message), ...options });
  buses.push(bus);
  return bus;
}

/** A connected bus whose connection goes through the proxy. */
async function startConnected(options: Parameters<typeof testBus>[0] = {}): Promise<Bus> {
  const bus = start(options);
  await connected(bus);
  return bus;
}

function disconnected(bus: Bus): Promise<void> {
  return expect.poll(() => bus.isConnected).toBe(false);
}

/** Publishes until a message is taken: one that is confirmed too late is refused. */
async function publishing(bus: Bus): Promise<void> {
  const isTaken = () =>
    bus.publish({ topic: 'a', body: '1' }).then(
      () => true,
      () => false,
    );
  await expect.poll(isTaken).toBe(true);
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, number) => String(number));

describe('a broker that goes away', () => {
  it('while messages are in flight settles each of them: first all taken, then all refused, nothing lost or swapped', async () => {
    const bus = await startConnected();
    await client.consume(exchange);
    const bodies = numbered(8_000);
    const publish = (body: string) => bus.publish({ topic: 'a', body });
    const first = bodies.slice(0, 4_000).map(publish);
    await client.until(({ length }) => length > 0);
    // The broker hears of none of the others.
    proxy.stall();
    const results = Promise.allSettled([...first, ...bodies.slice(4_000).map(publish)]);
    proxy.resume();
    proxy.cut();
    const refused = (await results).findIndex(({ status }) => status === 'rejected');
    expect((await results).slice(refused).every(({ status }) => status === 'rejected')).toBe(true);
    expect(refused).toBeGreaterThanOrEqual(0);
    await connected(bus);
    await Promise.all(bodies.slice(refused).map((body) => bus.publish({ topic: 'a', body })));
    await client.until((seen) => seen.at(-1) === '7999');
    expect(withoutRepeats(client.bodies)).toEqual(bodies);
  });

  it('makes publishing fail at once, and is connected to again when it is back', async () => {
    const bus = await startConnected();
    proxy.shut();
    await disconnected(bus);
    await expect(bus.publish({ topic: 'a', body: '1' })).rejects.toThrow('The broker is not connected.');
    proxy.open();
    await connected(bus);
    await client.consume(exchange);
    await bus.publish({ topic: 'a', body: '2' });
    await client.until(({ length }) => length > 0);
    expect(client.bodies).toEqual(['2']);
    expect(reported.length).toBeGreaterThan(0);
    expect(reported.join()).not.toContain('guest');
  });

  it('before the first connection delays what was declared, consumed and subscribed to', async () => {
    proxy.shut();
    const bus = start();
    const queue = uniqueName();
    client.owns({ queue });
    const [consumed, subscribed] = [new Inbox(), new Inbox()];
    await bus.consume(queue, { routingKey: 'a' }, consumed.handler);
    await bus.subscribe('#', subscribed.handler);
    proxy.open();
    await connected(bus);
    await bus.publish({ topic: 'a', body: '1' });
    expect(await consumed.bodies(1)).toEqual(['1']);
    expect(await subscribed.bodies(1)).toEqual(['1']);
  });

  it('takes the messages of a handler at work back and delivers them again, once the handler is done', async () => {
    const bus = await startConnected();
    const queue = uniqueName();
    client.owns({ queue });
    const gate = Promise.withResolvers<void>();
    const inbox = new Inbox();
    await bus.consume(queue, { routingKey: '#' }, async (message: BusMessage) => {
      inbox.handler(message);
      if (inbox.received.length === 1) await gate.promise;
    });
    await bus.publish({ topic: 'a', body: '1' });
    await bus.publish({ topic: 'a', body: '2' });
    await inbox.bodies(1);
    proxy.cut();
    await disconnected(bus);
    await connected(bus);
    gate.resolve();
    expect(await inbox.bodies(3)).toEqual(['1', '1', '2']);
    await bus.publish({ topic: 'a', body: '3' });
    expect(await inbox.bodies(4)).toEqual(['1', '1', '2', '3']);
    await bus.close();
    expect((await client.channel.checkQueue(queue)).messageCount).toBe(0);
  });

  it('and falls silent is given up after the time to confirm; the message is refused', async () => {
    const bus = await startConnected({ confirmMs: 200 });
    await publishing(bus);
    proxy.stall();
    await expect(bus.publish({ topic: 'a', body: '2' })).rejects.toThrow('The broker has not taken a: channel closed.');
    expect(reported).toContain('The broker did not confirm a message within 200 ms.');
    expect(bus.isConnected).toBe(false);
    proxy.resume();
    proxy.cut();
    await publishing(bus);
  });

  it('because it does not know the password is reported without the password', async () => {
    const wrong = new URL(url);
    wrong.password = 'hunter2';
    const failures: unknown[] = [];
    start({ url: wrong.href, onError: (error) => failures.push(error) });
    await expect.poll(() => failures.length).toBeGreaterThan(0);
    expect(inspect(failures, { depth: 5, showHidden: true })).toMatch(/^(?!.*hunter2).*ACCESS.REFUSED/s);
  });

  it.each(['amqp', 'amqps'])('and never says hello is left again after the time to connect: %s', async (scheme) => {
    proxy.stall();
    const silent = start({ connectMs: 50, url: url.replace('amqp', scheme) });
    await expect.poll(() => reported.length).toBeGreaterThan(1);
    const waiting = start({ connectMs: NEVER_MS, url: url.replace('amqp', scheme) });
    await Promise.all([silent.close(), waiting.close()]);
  });

  it('and said hello late is connected to', async () => {
    proxy.stall();
    const bus = start({ connectMs: 50 });
    await expect.poll(() => reported.length).toBeGreaterThan(1);
    proxy.resume();
    await connected(bus);
  });

  it.each(['shut', 'stall'] as const)('does not hold up closing: %s', async (state) => {
    const connectedBus = await startConnected({ drainMs: 100, heartbeatSeconds: 3_600 });
    await connectedBus.subscribe('#', () => undefined);
    proxy[state]();
    const never = start({ connectMs: NEVER_MS });
    await Promise.all([connectedBus.close(), never.close()]);
  });
});

describe('what the broker refuses', () => {
  it('for one exchange fails there and nowhere else, and does not end the process', async () => {
    const wrong = `${exchange}-direct`;
    await client.exchange(wrong, 'direct');
    await client.consume(exchange);
    const bus = await startConnected();
    const results = await Promise.allSettled([
      bus.publish({ topic: 'a', body: '1' }),
      bus.publish({ topic: 'a', body: '2', exchange: wrong }),
      bus.publish({ topic: 'a', body: '3' }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason.message).toContain('PRECONDITION_FAILED');
    await client.until(({ length }) => length === 2);
    expect(client.bodies).toEqual(['1', '3']);
    expect(bus.isConnected).toBe(true);
  });

  it('is told to who declares and consumes', async () => {
    const queue = uniqueName();
    client.owns({ queue });
    await client.channel.assertQueue(queue, { durable: false });
    const bus = await startConnected();
    await expect(bus.declare(queue, { routingKey: 'a' })).rejects.toThrow('PRECONDITION_FAILED');
    await expect(bus.consume(queue, { routingKey: 'a' }, () => undefined)).rejects.toThrow('PRECONDITION_FAILED');
    await bus.publish({ topic: 'a', body: '1' });
    expect((await client.channel.checkQueue(queue)).consumerCount).toBe(0);
  });

  it('because somebody removed the exchange is refused once; then the exchange is made again', async () => {
    const bus = await startConnected();
    await bus.publish({ topic: 'a', body: '1' });
    await client.channel.deleteExchange(exchange);
    await expect(bus.publish({ topic: 'a', body: '2' })).rejects.toThrow('NOT_FOUND');
    await bus.publish({ topic: 'a', body: '3' });
    await client.channel.checkExchange(exchange);
  });

  it('because a queue is full rejects that message', async () => {
    const queue = uniqueName();
    client.owns({ queue });
    await client.channel.assertQueue(queue, { durable: true, maxLength: 1, overflow: 'reject-publish' });
    await client.channel.bindQueue(queue, exchange, '#');
    const bus = await startConnected();
    await bus.publish({ topic: 'a', body: '1' });
    await expect(bus.publish({ topic: 'a', body: '2' })).rejects.toThrow('The broker has not taken a: message nacked.');
  });

  it('because somebody removed its queue does not end a consumer', async () => {
    const queue = uniqueName();
    client.owns({ queue });
    const bus = await startConnected();
    const inbox = new Inbox();
    await bus.consume(queue, { routingKey: 'a' }, inbox.handler);
    await client.channel.deleteQueue(queue);
    await expect.poll(async () => (await client.channel.assertQueue(queue, { durable: true })).consumerCount).toBe(1);
    await bus.publish({ topic: 'a', body: '1' });
    expect(await inbox.bodies(1)).toEqual(['1']);
  });
});
