import { EventEmitter, once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RetryPauses } from '../../src/bus/backoff.js';
import type { Bus, BusMessage } from '../../src/bus/bus.js';
import { expiry } from '../support/expiry.js';

/** Makes a connected bus that reports the errors of handlers to the callback. */
export type BusFactory = (options: {
  onError: (error: Error) => void;
  leaveMs: number;
  pauses: RetryPauses;
}) => Promise<Bus>;

/** Told of exchanges and queues that a test makes and that stay after it. */
export type OwnNames = (names: { exchange?: string; queue?: string }) => void;

/** Longer than a test may take. */
const NEVER_MS = 3_600_000;

/** Messages received so far, and a way to wait for more of them. */
export class Inbox {
  readonly received: BusMessage[] = [];
  private readonly arrivals = new EventEmitter();

  readonly handler = (message: BusMessage): void => {
    this.received.push(message);
    this.arrivals.emit('message');
  };

  /** The bodies once there are `count` of them; fails when they do not come. */
  async bodies(count: number): Promise<string[]> {
    const signal = expiry();
    while (this.received.length < count) await once(this.arrivals, 'message', { signal });
    return this.received.map((message) => message.body);
  }
}

/**
 * The contract of `Bus`, for any implementation; only what a caller can see. Topics carry a word that no other test
 * uses, so that runs may share one broker. That something does not arrive is shown by a later message that does.
 */
export function describeBus(name: string, create: BusFactory, owned: OwnNames = () => undefined): void {
  describe(`${name} as a bus`, () => {
    let bus: Bus;
    let errors: EventEmitter;
    let root: string;

    const start = (leaveMs: number, pauseMs: number): Promise<Bus> =>
      create({
        onError: (error) => errors.emit('reported', error),
        leaveMs,
        pauses: { first: pauseMs, last: pauseMs },
      });

    beforeEach(async () => {
      errors = new EventEmitter();
      root = `t${randomUUID()}`;
      bus = await start(1, 1);
    });
    afterEach(() => bus.close());

    const publish = (topic: string, body: string) => bus.publish({ topic: `${root}.${topic}`, body });
    async function inboxFor(pattern: string): Promise<Inbox> {
      const inbox = new Inbox();
      await bus.subscribe(`${root}.${pattern}`, inbox.handler);
      return inbox;
    }

    describe('delivery', () => {
      it('delivers the topic and the body exactly as published', async () => {
        const inbox = await inboxFor('#');
        const body = '{"name":"ü \\u2028 \\" 火"}';
        await publish('event.state.changed', body);
        await inbox.bodies(1);
        expect(inbox.received[0]).toEqual({ topic: `${root}.event.state.changed`, body });
      });

      it('takes a message that nobody subscribes to', async () => {
        await expect(publish('nobody.listens', '{}')).resolves.toBeUndefined();
      });

      it('gives every subscriber every message, also two with the same pattern', async () => {
        const [first, second] = [await inboxFor('a'), await inboxFor('a')];
        await publish('a', '1');
        expect(await first.bodies(1)).toEqual(['1']);
        expect(await second.bodies(1)).toEqual(['1']);
      });

      it('delivers a message once to a subscriber whose pattern matches in several ways', async () => {
        const inbox = await inboxFor('#.a.#');
        await publish('a.a.a', 'many');
        await publish('a', 'last');
        expect(await inbox.bodies(2)).toEqual(['many', 'last']);
      });

      it('keeps the order of publishing, across topics', async () => {
        const inbox = await inboxFor('#');
        const bodies = Array.from({ length: 200 }, (_, number) => String(number));
        await Promise.all(bodies.map((body) => publish(`topic.${Number(body) % 7}`, body)));
        expect(await inbox.bodies(200)).toEqual(bodies);
      });

      it('refuses a topic and a pattern of more than 255 bytes', async () => {
        await expect(publish('x'.repeat(255), '{}')).rejects.toThrow();
        await expect(bus.subscribe(`${root}.${'ü'.repeat(128)}`, () => undefined)).rejects.toThrow();
      });
    });

    describe('patterns', () => {
      it.each([
        [
          'event.state.changed',
          ['event.state.changed'],
          ['event.state', 'event.state.changed.min', 'Event.state.changed'],
        ],
        ['*.state.changed', ['event.state.changed', 'build.state.changed'], ['state.changed', 'a.b.state.changed']],
        ['event.*', ['event.a'], ['event', 'event.a.b']],
        ['event.#', ['event', 'event.a', 'event.a.b.c'], ['eventful', 'build.event']],
        ['#.min', ['min', 'a.min', 'a.b.min'], ['min.a', 'amin']],
        ['*.#', ['a', 'a.b.c'], []],
        ['#.*.changed.#', ['x.changed', 'a.b.changed.c.d'], ['changed', 'changed.x']],
        ['a.#.b.#.c', ['a.b.c', 'a.b.b.c', 'a.x.b.y.z.c'], ['a.c', 'a.c.b', 'a.b.c.d']],
        ['a+.(b)', ['a+.(b)'], ['aa.b']],
      ])('%s', async (pattern, matching, other) => {
        const inbox = await inboxFor(pattern);
        const end = await inboxFor('#');
        for (const topic of [...other, ...matching]) await publish(topic, topic);
        await end.bodies(other.length + matching.length);
        expect(await inbox.bodies(matching.length)).toEqual(matching);
      });
    });

    describe('handlers', () => {
      it('get one message at a time, the next after the promise of the last has settled', async () => {
        const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        const begun = new Inbox();
        await bus.subscribe(`${root}.#`, (message) => {
          begun.handler(message);
          return gates[begun.received.length - 1]?.promise;
        });
        const witness = await inboxFor('#');
        for (const body of ['1', '2', '3']) await publish('a', body);
        await witness.bodies(3);
        expect(await begun.bodies(1)).toEqual(['1']);
        gates[0]!.resolve();
        expect(await begun.bodies(2)).toEqual(['1', '2']);
        gates[1]!.resolve();
        expect(await begun.bodies(3)).toEqual(['1', '2', '3']);
      });

      it('that do not return hold up neither publishers nor other subscribers', async () => {
        const gate = Promise.withResolvers<void>();
        await bus.subscribe(`${root}.#`, () => gate.promise);
        const other = await inboxFor('#');
        for (let number = 0; number < 20; number++) await publish('a', String(number));
        expect(await other.bodies(20)).toHaveLength(20);
        gate.resolve();
      });

      it.each([
        ['throw', () => Promise.reject(new Error('out of order'))],
        [
          'throw at once',
          () => {
            throw new Error('out of order');
          },
        ],
      ])('that %s are reported, get the next message and disturb no other subscriber', async (_, fail) => {
        const failing = new Inbox();
        await bus.subscribe(`${root}.#`, (message) => {
          failing.handler(message);
          if (message.body === 'bad') return fail();
        });
        const other = await inboxFor('#');
        const reported = once(errors, 'reported', { signal: expiry() });
        await publish('a', 'bad');
        await publish('a', 'good');
        expect((await reported)[0].message).toBe('out of order');
        expect(await failing.bodies(2)).toEqual(['bad', 'good']);
        expect(await other.bodies(2)).toEqual(['bad', 'good']);
      });

      it('may publish', async () => {
        const answers = await inboxFor('answer');
        await bus.subscribe(`${root}.question`, ({ body }) => publish('answer', `re: ${body}`));
        await publish('question', 'why');
        expect(await answers.bodies(1)).toEqual(['re: why']);
      });
    });

    describe('exchanges', () => {
      it('are told apart, and named on delivery where a message names one', async () => {
        const exchange = `${root}-other`;
        owned({ exchange });
        const [standard, other] = [new Inbox(), new Inbox()];
        await bus.subscribe(`${root}.#`, standard.handler);
        await bus.subscribe(`${root}.#`, other.handler, { exchange });
        const message = { topic: `${root}.a`, body: '1', exchange, contentEncoding: 'utf-8', headers: { attempt: 2 } };
        await bus.publish(message);
        await publish('a', '2');
        await bus.publish({ topic: `${root}.a`, body: '3', exchange });
        expect(await standard.bodies(1)).toEqual(['2']);
        expect(await other.bodies(2)).toEqual(['1', '3']);
        expect(other.received[0]).toEqual(message);
      });

      it('refuse a mandatory message that nobody takes, and take it when somebody does', async () => {
        const mandatory = { topic: `${root}.a`, body: '1', mandatory: true };
        await expect(bus.publish(mandatory)).rejects.toThrow(`No queue takes ${root}.a.`);
        const inbox = await inboxFor('a');
        await bus.publish(mandatory);
        expect(await inbox.bodies(1)).toEqual(['1']);
      });
    });

    describe('queues', () => {
      const bind = (routingKey = '#') => ({ routingKey: `${root}.${routingKey}` });
      beforeEach(() => owned({ queue: root }));

      it('keep what their bindings match until somebody consumes it, in order', async () => {
        await bus.declare(root, bind('a'));
        await bus.declare(root, bind('b'));
        for (const topic of ['a', 'c', 'b', 'a']) await publish(topic, topic);
        const inbox = new Inbox();
        await bus.consume(root, bind('a'), inbox.handler);
        expect(await inbox.bodies(3)).toEqual(['a', 'b', 'a']);
      });

      it('give each message to one consumer, one at a time', async () => {
        const gate = Promise.withResolvers<void>();
        const [slow, fast] = [new Inbox(), new Inbox()];
        const endSlow = await bus.consume(root, bind(), async (message) => {
          slow.handler(message);
          await gate.promise;
        });
        await publish('a', '1');
        await slow.bodies(1);
        await bus.consume(root, bind(), fast.handler);
        await publish('a', '2');
        await publish('a', '3');
        await endSlow();
        expect((await fast.bodies(2)).toSorted()).toEqual(['2', '3']);
        gate.resolve();
        await publish('a', '4');
        expect((await fast.bodies(3)).toSorted()).toEqual(['2', '3', '4']);
        expect(await slow.bodies(1)).toEqual(['1']);
      });

      /** Consumes with a handler that throws when it gets its first message. */
      async function failingOnce(): Promise<Inbox> {
        const inbox = new Inbox();
        await bus.consume(root, bind(), async (message) => {
          inbox.handler(message);
          if (inbox.received.length === 1) throw new Error('out of order');
        });
        return inbox;
      }

      it('report a handler that throws, and give it the message again', async () => {
        const reported = once(errors, 'reported', { signal: expiry() });
        const inbox = await failingOnce();
        await publish('a', 'bad');
        expect((await reported)[0].message).toBe('out of order');
        expect(await inbox.bodies(2)).toEqual(['bad', 'bad']);
      });

      it('give a handler that throws the other messages before that one', async () => {
        await bus.close();
        bus = await start(1, NEVER_MS);
        const inbox = await failingOnce();
        await publish('a', 'bad');
        await publish('a', 'good');
        expect(await inbox.bodies(2)).toEqual(['bad', 'good']);
      });

      /** Consumes with a handler that leaves what is not its own. */
      async function leavingForeign(): Promise<Inbox> {
        const inbox = new Inbox();
        await bus.consume(root, bind(), (message) => {
          inbox.handler(message);
          return message.body === 'foreign' ? 'leave' : undefined;
        });
        return inbox;
      }

      it('offer a message that was left again, also to the other consumers', async () => {
        const [leaving, taking] = [await leavingForeign(), new Inbox()];
        await publish('a', 'foreign');
        await leaving.bodies(2);
        await bus.consume(root, bind(), taking.handler);
        expect(await taking.bodies(1)).toEqual(['foreign']);
      });

      it('do not offer a message that was left again before its pause is over', async () => {
        await bus.close();
        bus = await start(NEVER_MS, 1);
        const leaving = await leavingForeign();
        await publish('a', 'foreign');
        for (const body of ['1', '2', '3']) await publish('a', body);
        expect(await leaving.bodies(4)).toEqual(['foreign', '1', '2', '3']);
      });

      it('keep what came after their consumer has ended, also from its own handler', async () => {
        const ended = new Inbox();
        const done = Promise.withResolvers<void>();
        const end = await bus.consume(root, bind(), async (message) => {
          ended.handler(message);
          await end();
          done.resolve();
        });
        await publish('a', '1');
        await done.promise;
        await publish('a', '2');
        const next = new Inbox();
        await bus.consume(root, bind(), next.handler);
        expect(await next.bodies(1)).toEqual(['2']);
        expect(await ended.bodies(1)).toEqual(['1']);
      });
    });

    describe('ending', () => {
      it("a subscription stops its messages and nobody else's", async () => {
        const ended = new Inbox();
        const end = await bus.subscribe(`${root}.#`, ended.handler);
        const other = await inboxFor('#');
        await publish('a', 'before');
        await ended.bodies(1);
        await end();
        await publish('a', 'after');
        expect(await other.bodies(2)).toEqual(['before', 'after']);
        expect(await ended.bodies(1)).toEqual(['before']);
      });

      it('a subscription twice, or from its own handler, is harmless', async () => {
        const inbox = new Inbox();
        const ended = Promise.withResolvers<void>();
        const end = await bus.subscribe(`${root}.#`, async (message) => {
          inbox.handler(message);
          await end();
          ended.resolve();
        });
        await publish('a', '1');
        await ended.promise;
        await end();
        const other = await inboxFor('#');
        await publish('a', '2');
        await other.bodies(1);
        expect(inbox.received).toHaveLength(1);
      });

      it('the bus waits for a handler at work', async () => {
        const begun = Promise.withResolvers<void>();
        const gate = Promise.withResolvers<void>();
        const order: string[] = [];
        await bus.subscribe(`${root}.#`, async () => {
          begun.resolve();
          await gate.promise;
          order.push('handled');
        });
        await publish('a', '1');
        await begun.promise;
        const closed = bus.close().then(() => order.push('closed'));
        gate.resolve();
        await closed;
        expect(order).toEqual(['handled', 'closed']);
      });

      it('the bus refuses what comes later, and may be done twice', async () => {
        await bus.close();
        await expect(bus.close()).resolves.toBeUndefined();
        await expect(publish('a', '1')).rejects.toThrow();
        await expect(bus.subscribe(`${root}.#`, () => undefined)).rejects.toThrow();
      });
    });
  });
}
