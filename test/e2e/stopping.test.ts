import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.js';
import { environment, GatewayProcess, preparedDatabase } from './gateway-process.js';
import { expiry } from '../support/expiry.js';

let database: TestDatabase;
let gateway: GatewayProcess;

beforeEach(async () => {
  ({ database } = await preparedDatabase());
  gateway = await GatewayProcess.start(environment(database, { BUILDGATE_GRACE_SECONDS: '60' }));
});
afterEach(async () => {
  await gateway.kill();
  await database.drop();
});

const BODY = JSON.stringify({ query: '{ viewer { name } }' });

/** A request that the gateway has begun to answer and whose body has not come yet. */
async function inFlight(): Promise<ClientRequest> {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': BODY.length, Expect: '100-continue' };
  const request = httpRequest(`${gateway.url}/graphql`, { method: 'POST', headers, agent: false });
  request.flushHeaders();
  await once(request, 'continue', { signal: expiry() });
  return request;
}

async function answerOf(request: ClientRequest): Promise<{ status: number; text: string }> {
  const responded = once(request, 'response', { signal: expiry() }) as Promise<[IncomingMessage]>;
  request.end(BODY);
  const [response] = await responded;
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode!, text };
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('ends an idle gateway with exit code 0', async () => {
    gateway.signal(signal);
    expect(await gateway.exited).toMatchObject({ code: 0, signal: null });
  });

  it('lets a request in flight finish, takes no new one, and ends with exit code 0', async () => {
    const request = await inFlight();
    gateway.signal(signal);
    await gateway.logged('stopping');
    await expect(fetch(`${gateway.url}/healthz`)).rejects.toThrow('fetch failed');
    expect(await answerOf(request)).toEqual({ status: 200, text: expect.stringContaining('{"data":{"viewer":null}') });
    expect(await gateway.exited).toMatchObject({ code: 0, signal: null });
  });

  it('given a second time ends the gateway at once with exit code 1', async () => {
    const request = await inFlight();
    const cut = once(request, 'error', { signal: expiry() });
    gateway.signal(signal);
    await gateway.logged('stopping');
    gateway.signal(signal);
    expect(await gateway.exited).toMatchObject({ code: 1, signal: null });
    await cut;
  });
});
