import { EventEmitter, once } from 'node:events';
import WebSocket from 'ws';
import type { Random } from '../bench/random.js';
import type { Gateways } from '../support/gateways.js';

const DOCUMENT = 'subscription ($after: String) { stateChanged(after: $after) { cursor } }';

/** What a gateway sends over `graphql-transport-ws`, as far as it matters here. */
interface Message {
  readonly type: string;
  readonly payload?: { readonly data?: { readonly stateChanged: { readonly cursor: string } } | null };
}

/** How a follower is made. */
export interface FollowerOptions {
  readonly gateways: Gateways;
  readonly random: Random;
  /** Takes at most so many changes before it cuts its connection. */
  readonly longest: number;
}

/**
 * A subscriber to all changes since the first, over real sockets. It cuts its connection after a random number of
 * changes, and comes back with its cursor at a random gateway; so it does when a gateway cuts it.
 */
export class Follower {
  /** Cursors in the order of arrival. */
  readonly seen: string[] = [];
  /** Answers that are no change. */
  readonly faults: unknown[] = [];
  readonly #options: FollowerOptions;
  readonly #news = new EventEmitter();
  #socket: WebSocket | undefined;
  #closed = false;
  /** How often it was connected. */
  connections = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
    void this.#connect();
  }

  /** Resolves when it has seen so many changes. */
  async sees(count: number, signal: AbortSignal): Promise<void> {
    try {
      while (this.seen.length < count) await once(this.#news, 'change', { signal });
    } catch {
      throw new Error(`${this.seen.length} of ${count} changes in ${this.connections} connections.`);
    }
  }

  close(): void {
    this.#closed = true;
    this.#socket?.terminate();
  }

  async #connect(): Promise<void> {
    const { gateways, random, longest } = this.#options;
    const url = await gateways.url(random.below(gateways.count));
    if (this.#closed) return;
    this.connections += 1;
    let left = 1 + random.below(longest);
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
    this.#socket = socket;
    // What a socket still hands over behind the cut does not count: the cursor it comes back with is older.
    const cut = (): void => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      socket.terminate();
      if (!this.#closed) void this.#connect();
    };
    socket.on('open', () => send(socket, { type: 'connection_init' }));
    socket.on('error', cut);
    socket.on('close', cut);
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message;
      if (message.type === 'connection_ack') this.#subscribe(socket);
      if (this.#socket !== socket || message.type !== 'next') return;
      this.#take(message.payload);
      left -= 1;
      if (left === 0) cut();
    });
  }

  #subscribe(socket: WebSocket): void {
    const payload = { query: DOCUMENT, variables: { after: this.seen.at(-1) ?? '0' } };
    send(socket, { id: 'follow', type: 'subscribe', payload });
  }

  #take(payload: Message['payload']): void {
    const cursor = payload?.data?.stateChanged.cursor;
    if (cursor === undefined) this.faults.push(payload);
    else this.seen.push(cursor);
    this.#news.emit('change');
  }
}

function send(socket: WebSocket, message: object): void {
  socket.send(JSON.stringify(message));
}
