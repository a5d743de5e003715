// How fast the bus publishes, beside bare amqplib with confirmations on the same broker:
// `node test/bench/broker.ts [MESSAGES]`. The rounds alternate, so that both see the same load; each in flight at most
// a window of messages. The last line is the ratio of the medians.
import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import type * as RabbitmqModule from '../../src/bus/rabbitmq.js';

// What is measured is the compiled program, which has no types of its own.
const { rabbitmqBus } = (await import(
  new URL('../../dist/bus/rabbitmq.js', import.meta.url).href
)) as typeof RabbitmqModule;

const BROKER_URL = process.env.BUILDGATE_TEST_BROKER_URL ?? 'amqp://guest:guest@127.0.0.1:5672';
const MESSAGES = Number(process.argv[2] ?? 20_000);
const WINDOW = 200;
const ROUNDS = 5;
const TOPIC = 'VirtualTopic.eng.freshmaker.event.state.changed';
const body = JSON.stringify({ id: 214, state_name: 'BUILDING', state_reason: 'x'.repeat(900) });
const exchange = `buildgate-bench-${randomUUID()}`;
const queue = `${exchange}-queue`;

const model = await connect(BROKER_URL);
const channel = await model.createConfirmChannel();
await channel.assertExchange(exchange, 'topic', { durable: true });
await channel.assertQueue(queue, { durable: true });
await channel.bindQueue(queue, exchange, '#');
const bus = rabbitmqBus({ url: BROKER_URL, exchange, onError: (error) => console.error(error) });
await new Promise<void>((resolve) => bus.onConnected(resolve));

const bare = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const properties = { persistent: true, contentType: 'application/json' };
    channel.publish(exchange, TOPIC, Buffer.from(body), properties, (error) => (error ? reject(error) : resolve()));
  });
const ours = (): Promise<void> => bus.publish({ topic: TOPIC, body });

/** Messages per second. */
async function rate(publish: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  for (let sent = 0; sent < MESSAGES; sent += WINDOW) {
    await Promise.all(Array.from({ length: Math.min(WINDOW, MESSAGES - sent) }, publish));
  }
  const perSecond = (MESSAGES / (performance.now() - begun)) * 1_000;
  await channel.purgeQueue(queue);
  return perSecond;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const rates = { bare: [] as number[], ours: [] as number[] };
try {
  for (let round = 0; round < ROUNDS; round++) {
    rates.bare.push(await rate(bare));
    rates.ours.push(await rate(ours));
  }
} finally {
  await channel.deleteQueue(queue);
  await channel.deleteExchange(exchange);
  await Promise.all([bus.close(), model.close()]);
}
console.log(`amqplib  ${median(rates.bare).toFixed(0)} messages/s`);
console.log(`bus      ${median(rates.ours).toFixed(0)} messages/s`);
console.log(`ratio    ${(median(rates.ours) / median(rates.bare)).toFixed(2)}`);
