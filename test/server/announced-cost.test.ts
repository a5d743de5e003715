import type { FormattedExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { startWithAgent, type Agent } from '../graphql/agent.js';
import type { TestServer } from '../support/server.js';

let server: TestServer;
let agent: Agent;
beforeAll(async () => {
  ({ server, agent } = await startWithAgent());
  for (let count = 0; count < 3; count += 1) await agent.event();
});
afterAll(() => server.close());

/** An answer as it came, with all of its members. */
type Ask = (query: string, variables?: Record<string, unknown>) => Promise<any>;

const overHttp: Ask = async (query, variables) => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
};

const overWebSocket: Ask = async (query, variables) => {
  const url = `${server.url.replace(/^http/, 'ws')}/graphql`;
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
  try {
    return await new Promise<FormattedExecutionResult>((resolve, reject) => {
      client.subscribe(
        { query, ...(variables && { variables }) },
        {
          next: resolve,
          error: (errors) => (Array.isArray(errors) ? resolve({ errors }) : reject(errors)),
          complete: () => undefined,
        },
      );
    });
  } finally {
    await client.dispose();
  }
};

describe.each([
  ['HTTP', overHttp],
  ['WebSocket', overWebSocket],
])('An answer over %s', (_name, ask) => {
  it('tells the rows that were asked for, were every page full, those that were read, and the limit', async () => {
    const query = 'query ($n: Int) { events(first: $n) { nodes { id builds(first: 4) { nodes { id } } } } }';
    const { data, extensions } = await ask(query, { n: 10 });
    expect(data.events.nodes).toHaveLength(3);
    expect(extensions).toEqual({ cost: { requested: 10 * (1 + 4), actual: 3, limit: 200_000 } });
  });

  it('tells that nothing was asked for where nothing was', async () => {
    expect(await ask('{ __typename }')).toEqual({
      data: { __typename: 'Query' },
      extensions: { cost: { requested: 0, actual: 0, limit: 200_000 } },
    });
  });

  it('that refuses an operation for its cost tells both', async () => {
    const { data, errors, extensions } = await ask('{ events(first: 1000000) { nodes { id } } }');
    const message = 'The operation asks for more than 200000 rows: take smaller pages.';
    const details = { code: 'TOO_EXPENSIVE', limit: 200_000, requested: 1_000_000 };
    expect([data, errors]).toEqual([undefined, [{ message, extensions: details }]]);
    expect(extensions).toEqual({ cost: { requested: 1_000_000, actual: 0, limit: 200_000 } });
  });

  it('is a number also where what is asked for has none', async () => {
    const { errors } = await ask('query ($n: Int) { events(first: $n) { nodes { id } } }', { n: 1e308 });
    expect(errors[0].extensions).toMatchObject({ code: 'TOO_EXPENSIVE', requested: Number.MAX_SAFE_INTEGER });
  });

  it('to a document that is not let in tells no cost', async () => {
    const { errors, extensions } = await ask('{ nothing }');
    expect([errors.length, extensions]).toEqual([1, undefined]);
  });
});

it('Of a document no more than 20 errors are told', async () => {
  const { errors } = await overHttp(`{ ${Array.from({ length: 100 }, (_, n) => `nothing${n}`).join(' ')} }`);
  expect(errors).toHaveLength(21);
  expect(errors.at(-1).message).toBe('Too many validation errors, error limit reached. Validation aborted.');
});
