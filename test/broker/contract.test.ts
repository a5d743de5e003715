import { afterAll, beforeAll } from 'vitest';
import { describeBus } from '../bus/bus-contract.js';
import { connected, PlainClient, testBus, uniqueName } from './broker.js';

const exchange = uniqueName();
let client: PlainClient;
beforeAll(async () => {
  client = await PlainClient.open();
  client.owns({ exchange });
});
afterAll(() => client.close());

describeBus(
  'RabbitMQ',
  async (options) => {
    const bus = testBus({ exchange, ...options });
    await connected(bus);
    return bus;
  },
  (names) => client.owns(names),
);
