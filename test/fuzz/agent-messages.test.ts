import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleRecords } from '../support/examples.js';
import { HttpClient } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { agentMessage } from './agent-messages.js';
import { campaign, SEED } from './campaign.js';

/** As long as the messages of a long run take where everything else is slow. */
const LONG_MS = 3_600_000;

/** Of all requests together, how many messages are sent. */
const SHARE = 0.02;

let server: TestServer;
let client: HttpClient;
let token: string;
beforeAll(async () => {
  const { buildapi } = exampleRecords();
  server = await startTestServer({ import: { buildapi: buildapi! }, env: { BUILDGATE_BUILDAPI_AGENT: 'external' } });
  client = new HttpClient(server.url);
  token = await server.token('boss', { admin: true });
});
afterAll(() => server.close());

/** Asks for a job; its number. */
async function newJob(): Promise<number> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const options = { headers, token, body: 'priority=1' };
  const { json } = await client.send('PUT', '/buildapi/self-serve/ash/request/42?format=json', options);
  return json.request_id as number;
}

async function completedAt(job: number): Promise<unknown> {
  return (await client.get(`/buildapi/self-serve/jobs/${job}?format=json`, { token })).json.completed_at as unknown;
}

const publish = (body: string): Promise<void> =>
  server.app.bus.publish({
    topic: 'finished',
    body,
    exchange: server.config.buildapi.exchange,
    contentEncoding: 'utf-8',
  });

describe(`Messages of agents with something wrong about them, made of seed ${SEED}`, () => {
  it(
    'are taken or dropped, and keep none behind them from being taken',
    async () => {
      const jobs = [await newJob(), await newJob(), await newJob()];
      const findings = await campaign('messages', SHARE, async (random) => {
        await publish(agentMessage(jobs, random));
        return undefined;
      });
      expect(findings).toEqual([]);
      const last = await newJob();
      await publish(JSON.stringify({ request_id: last, body: { errors: false, msg: 'Ok' } }));
      await expect.poll(() => completedAt(last), { timeout: LONG_MS }).toEqual(expect.any(Number));
      for (const job of jobs) {
        const { status } = await client.get(`/buildapi/self-serve/jobs/${job}?format=json`, { token });
        expect(status).toBe(200);
      }
    },
    LONG_MS,
  );
});
