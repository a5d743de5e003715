import { describe, expect, it } from 'vitest';
import { memoryBus } from '../../src/bus/memory.js';
import { topicMatcher } from '../../src/bus/topic-pattern.js';
import type { BusMessage } from '../../src/bus/bus.js';
import { describeBus, Inbox } from './bus-contract.js';

describeBus('the bus in memory', async (options) => memoryBus(options));

describe('the bus in memory', () => {
  it('refuses a message for all when one matching queue is full, and takes it again when there is room', async () => {
    const bus = memoryBus({ queueLimit: 2 });
    const gate = Promise.withResolvers<void>();
    const slow = new Inbox();
    const fast = new Inbox();
    await bus.subscribe('a', async (message) => {
      slow.handler(message);
      await gate.promise;
    });
    await bus.subscribe('#', fast.handler);
    await bus.publish({ topic: 'a', body: '1' });
    await slow.bodies(1);
    await bus.publish({ topic: 'a', body: '2' });
    await bus.publish({ topic: 'a', body: '3' });
    await expect(bus.publish({ topic: 'a', body: '4' })).rejects.toThrow(
      'not taken: a subscriber to a has 2 messages waiting',
    );
    await bus.publish({ topic: 'b', body: 'elsewhere' });
    expect(await fast.bodies(4)).toEqual(['1', '2', '3', 'elsewhere']);
    gate.resolve();
    await slow.bodies(3);
    await bus.publish({ topic: 'a', body: '4' });
    expect(await slow.bodies(4)).toEqual(['1', '2', '3', '4']);
    expect(await fast.bodies(5)).toEqual(['1', '2', '3', 'elsewhere', '4']);
  });

  it('delivers all that was taken before close resolves', async () => {
    const bus = memoryBus();
    const handled: string[] = [];
    await bus.subscribe('#', async ({ body }) => {
      await new Promise((resolve) => setImmediate(resolve));
      handled.push(body);
    });
    for (const body of ['1', '2', '3']) await bus.publish({ topic: 'a', body });
    await bus.close();
    expect(handled).toEqual(['1', '2', '3']);
  });

  it('ends close after the time to drain, and reports what it dropped', async () => {
    const reported: string[] = [];
    const bus = memoryBus({ drainMs: 1, onError: (error) => reported.push(error.message) });
    await bus.subscribe('#', () => new Promise(() => undefined));
    for (const body of ['1', '2', '3']) await bus.publish({ topic: 'a', body });
    await bus.close();
    expect(reported).toEqual(['the bus closed with a handler still at work and 2 messages not delivered']);
  });

  it('drops what waits for a subscription that has ended', async () => {
    const bus = memoryBus();
    const gate = Promise.withResolvers<void>();
    const inbox = new Inbox();
    const end = await bus.subscribe('#', async (message) => {
      inbox.handler(message);
      await gate.promise;
    });
    for (const body of ['1', '2']) await bus.publish({ topic: 'a', body });
    await inbox.bodies(1);
    await end();
    gate.resolve();
    await bus.close();
    expect(await inbox.bodies(1)).toEqual(['1']);
  });

  it('waits in close for the handler of a subscription that has ended', async () => {
    const bus = memoryBus();
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const end = await bus.subscribe('#', async () => {
      begun.resolve();
      await gate.promise;
      order.push('handled');
    });
    await bus.publish({ topic: 'a', body: '1' });
    await begun.promise;
    await end();
    const closed = bus.close().then(() => order.push('closed'));
    gate.resolve();
    await closed;
    expect(order).toEqual(['handled', 'closed']);
  });

  it('never calls a handler inside publish', async () => {
    const bus = memoryBus();
    const inbox = new Inbox();
    await bus.subscribe('#', inbox.handler);
    const published = bus.publish({ topic: 'a', body: '1' });
    expect(inbox.received).toEqual([]);
    await published;
    expect(await inbox.bodies(1)).toEqual(['1']);
  });

  it('delivers the message as it was when published', async () => {
    const bus = memoryBus();
    const inbox = new Inbox();
    await bus.subscribe('#', inbox.handler);
    const message = { topic: 'a', body: '1' };
    const published = bus.publish(message);
    message.body = 'changed later';
    await published;
    expect(await inbox.bodies(1)).toEqual(['1']);
  });

  it('survives an onError that throws', async () => {
    const bus = memoryBus({
      onError: () => {
        throw new Error('the reporter is broken');
      },
    });
    const seen: BusMessage[] = [];
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    await bus.subscribe('#', (message) => {
      seen.push(message);
      throw new Error('no');
    });
    for (const body of ['1', '2']) await bus.publish({ topic: 'a', body });
    await bus.close();
    expect(seen).toHaveLength(2);
    expect((await warned).message).toBe('the reporter is broken');
  });
});

describe('a topic pattern', () => {
  it('sees no words in the empty topic', () => {
    expect(topicMatcher('#')('')).toBe(true);
    expect(topicMatcher('')('')).toBe(true);
    expect(topicMatcher('*')('')).toBe(false);
  });

  it('counts empty words between dots', () => {
    expect(topicMatcher('a.*.b')('a..b')).toBe(true);
    expect(topicMatcher('a.b')('a..b')).toBe(false);
  });

  it('takes no exponential time for many hashes', () => {
    const pattern = topicMatcher('#.a.'.repeat(60) + 'b');
    expect(pattern(Array(120).fill('a').join('.'))).toBe(false);
  });
});
