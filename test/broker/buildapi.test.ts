import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildapiGateway } from '../systems/buildapi/world.js';
import { BROKER_URL, connected, PlainClient, uniqueName } from './broker.js';

let gateway: BuildapiGateway;
let client: PlainClient;
const names = { exchange: '', agents: '', web: '' };

beforeEach(async () => {
  names.exchange = uniqueName();
  names.agents = uniqueName();
  names.web = uniqueName();
  client = await PlainClient.open();
  client.owns({ exchange: names.exchange, queue: names.agents });
  client.owns({ queue: names.web });
  gateway = await BuildapiGateway.start(
    { requests: [{ number: 1 }] },
    {
      env: {
        BROKER_URL,
        BUILDGATE_BUILDAPI_EXCHANGE: names.exchange,
        BUILDGATE_BUILDAPI_AGENT_QUEUE: names.agents,
        BUILDGATE_BUILDAPI_WEB_QUEUE: names.web,
      },
    },
  );
  await connected(gateway.server.app.bus);
});
afterEach(async () => {
  await gateway.close();
  await client.close();
});

describe('An agent at the broker', () => {
  it('finds job requests that were logged before it came, as the contract has them', async () => {
    const { job } = await gateway.alice.run(
      'mutation { job: buildapiReprioritize(branch: "ash", requestId: "1", priority: 5) { number state createdAt } }',
    );
    expect(job).toMatchObject({ number: 1001, state: 'QUEUED' });
    const message = await client.channel.get(names.agents, { noAck: true });
    if (!message) throw new Error('The queue of the agents is empty.');
    const when = Date.parse(job.createdAt) / 1000;
    expect(JSON.parse(message.content.toString())).toEqual({
      action: 'reprioritize',
      who: 'alice',
      body: { brid: 1, priority: 5, when, request_id: 1001 },
    });
    expect(message.fields).toMatchObject({ exchange: names.exchange, routingKey: 'requests' });
    expect(message.properties).toMatchObject({
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      deliveryMode: 2,
    });
  });

  it('reports by a finished message, which completes the job', async () => {
    await gateway.alice.run('mutation { buildapiCancelRequest(branch: "ash", requestId: "1") { number } }');
    const answer = { request_id: 1001, body: { errors: false, msg: '1: Ok' } };
    client.channel.publish(names.exchange, 'finished', Buffer.from('no JSON'));
    client.channel.publish(names.exchange, 'finished', Buffer.from(JSON.stringify(answer)));
    expect(await gateway.completed(1001)).toEqual(['QUEUED', 'SUCCEEDED']);
    const { job } = await gateway.anonymous.run(
      '{ job(system: BUILDAPI, legacyId: "1001") { ... on BuildapiJob { completeData } } }',
    );
    expect(job.completeData).toEqual(answer);
    expect((await gateway.request(1)).complete).toBe(false);
  });
});
