import { createClient, type ExecutionResult } from 'graphql-ws';
import WebSocket from 'ws';
import { withoutCost } from '../support/announced-cost.js';
import { HttpClient } from '../support/http.js';

/** A GraphQL request as clients send it. */
export interface WireRequest {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
}

/** An error as clients see it. */
export interface WireError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** What both transports answer in the end. */
export interface WireAnswer {
  readonly data?: any;
  readonly errors?: readonly WireError[];
}

/** A way to ask a gateway. */
export type Ask = (url: string, request: WireRequest, token?: string) => Promise<WireAnswer>;

/** Asks over HTTP; the answer must be JSON whatever the status. */
export const overHttp: Ask = async (url, request, token) => {
  const headers = { 'Content-Type': 'application/json' };
  const reply = await new HttpClient(url).post('/graphql', { body: request, headers, ...(token ? { token } : {}) });
  return reply.json;
};

/** Asks over a WebSocket of its own: the first result, or the errors that end the operation. */
export const overWebSocket: Ask = async (url, request, token) => {
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(token ? { connectionParams: { Authorization: `Bearer ${token}` } } : {}),
  });
  try {
    return await new Promise<WireAnswer>((resolve, reject) => {
      client.subscribe(request as never, {
        next: (result) => resolve(withoutCost(result as ExecutionResult as WireAnswer)),
        error: (error) => (Array.isArray(error) ? resolve({ errors: error }) : reject(closed(error))),
        complete: () => reject(new Error('The operation ended without a result.')),
      });
    });
  } finally {
    await client.dispose();
  }
};

function closed(event: unknown): Error {
  const { code, reason } = event as { code?: number; reason?: string };
  return new Error(`The socket was closed: ${code} ${reason}`);
}
