import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import type * as RabbitmqModule from '../../../src/bus/rabbitmq.js';
import type { Row } from '../bench.ts';
import { compiled } from '../compiled.ts';

const BROKER_URL = process.env.BUILDGATE_TEST_BROKER_URL ?? 'amqp://guest:guest@127.0.0.1:5672';
/** Messages in flight at most. */
const WINDOW = 200;
const TOPIC = 'VirtualTopic.eng.freshmaker.event.state.changed';
const BODY = JSON.stringify({ id: 214, state_name: 'BUILDING', state_reason: 'x'.repeat(900) });

/** Messages per second of one way of publishing. */
async function rateOf(publish: () => Promise<void>, seconds: number): Promise<number> {
  const begun = performance.now();
  let sent = 0;
  do {
    await Promise.all(Array.from({ length: WINDOW }, publish));
    sent += WINDOW;
  } while (performance.now() - begun < seconds * 1000);
  return (sent / (performance.now() - begun)) * 1000;
}

/** Publishing with confirmations, in this process. */
export const BROKER_ROW: Row = {
  name: 'broker',
  work: 'messages published to RabbitMQ by the bus',
  reference: 'amqplib with confirmations',
  unit: 'messages',
  ratio: 'speed',
  goal: null,
  prepare: async ({ defer, seconds }) => {
    const { rabbitmqBus } = await compiled<typeof RabbitmqModule>('bus/rabbitmq.js');
    const exchange = `buildgate-bench-${randomUUID()}`;
    const queue = `${exchange}-queue`;
    const model = await connect(BROKER_URL);
    defer(() => model.close());
    const channel = await model.createConfirmChannel();
    await channel.assertExchange(exchange, 'topic', { durable: true });
    await channel.assertQueue(queue, { durable: true });
    await channel.bindQueue(queue, exchange, '#');
    defer(async () => {
      await channel.deleteQueue(queue);
      await channel.deleteExchange(exchange);
    });
    const bus = rabbitmqBus({ url: BROKER_URL, exchange, onError: (error) => console.error(error) });
    defer(() => bus.close());
    await new Promise<void>((resolve) => bus.onConnected(resolve));
    const bare = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const properties = { persistent: true, contentType: 'application/json' };
        const settle = (error: unknown): void => (error ? reject(error as Error) : resolve());
        channel.publish(exchange, TOPIC, Buffer.from(BODY), properties, settle);
      });
    const round = (publish: () => Promise<void>) => async () => {
      const rate = await rateOf(publish, seconds);
      await channel.purgeQueue(queue);
      return { rate, cpuMs: null };
    };
    return { ours: round(() => bus.publish({ topic: TOPIC, body: BODY })), reference: round(bare) };
  },
};
