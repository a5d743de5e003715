import { createClient, type Client } from 'graphql-ws';
import { useSyncExternalStore } from 'react';
import { currentToken } from './session.js';

/** Whether changes arrive: not asked for or not there yet, arriving, or cut off for now. */
export type ConnectionState = 'connecting' | 'live' | 'lost';

/** How often the gateway is asked for a sign of life, and how long it may take: a network may go silent without a word. */
const BEAT_MS = 10_000;
const ANSWER_MS = 5_000;

let state: ConnectionState = 'connecting';
const listeners = new Set<() => void>();
let current: { readonly token: string | null; readonly client: Client } | undefined;

/** The WebSocket of this tab, opened by the first subscription; another one after signing in or out. */
export function connection(): Client {
  const token = currentToken();
  if (current?.token !== token) {
    void current?.client.dispose();
    current = { token, client: opened(token) };
  }
  return current.client;
}

/** Whether changes arrive, for components. */
export function useConnectionState(): ConnectionState {
  return useSyncExternalStore(listen, () => state);
}

/** Says that a subscription was cut off, which it notices first. */
export function connectionLost(): void {
  become('lost');
}

function opened(token: string | null): Client {
  let silence: ReturnType<typeof setTimeout>;
  const client: Client = createClient({
    url: '/graphql',
    connectionParams: token === null ? {} : { Authorization: `Bearer ${token}` },
    // Each subscription resumes at its own cursor, which only its follower knows.
    retryAttempts: 0,
    lazyCloseTimeout: 2_000,
    keepAlive: BEAT_MS,
    on: {
      connected: () => become('live'),
      ping: (received) => {
        if (!received) silence = setTimeout(() => client.terminate(), ANSWER_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(silence);
      },
      closed: () => clearTimeout(silence),
    },
  });
  return client;
}

function become(next: ConnectionState): void {
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
