import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.js';
import { Subscriber } from '../../support/subscriber.js';
import { untilOpen } from '../../graphql/open-subscriptions.js';

let server: TestServer;

beforeAll(async () => {
  const request = { request_id: 1, buildername: 'Linux ash build', branch: 'ash', submittime: 1_433_160_010 };
  server = await startTestServer({
    import: { buildapi: { branches: [{ name: 'ash', repo: 'https://hg.example.org/ash' }], requests: [request] } },
  });
});
afterAll(() => server.close());

it('a job request is logged and done by the embedded agent in fewer than five transactions', async () => {
  const token = await server.token('alice');
  const job = new Subscriber(server.url, 'subscription { jobStateChanged { to } }');
  await untilOpen(server.url, 1);
  let commits = 0;
  const end = server.app.store.onCommit(() => {
    commits += 1;
  });
  const cancel = 'mutation { buildapiCancelRequest(branch: "ash", requestId: "1") { action } }';
  expect(await server.graphql(cancel, {}, token)).toEqual({
    data: { buildapiCancelRequest: { action: 'cancel_request' } },
  });
  const seen = await job.take(3);
  await server.settled();
  end();
  await job.close();
  expect(seen.map(({ data }) => data)).toEqual(
    ['QUEUED', 'RUNNING', 'SUCCEEDED'].map((to) => ({ jobStateChanged: { to } })),
  );
  expect(commits).toBeGreaterThan(0);
  expect(commits).toBeLessThan(5);
});
