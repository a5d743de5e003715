import { once } from 'node:events';
import WebSocket from 'ws';
import { withoutCost } from '../support/announced-cost.js';
import { EXPIRY_MS, expiry } from '../support/expiry.js';

/** A message of graphql-transport-ws; answers without the cost of their operations. */
export interface ProtocolMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: any;
}

/** A WebSocket that speaks graphql-transport-ws by hand and waits with an expiry instead of sleeping. */
export class ProtocolSocket {
  readonly #socket: WebSocket;
  readonly #received: ProtocolMessage[] = [];
  #taken = 0;
  readonly #closed: Promise<{ code: number; reason: string }>;
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as ProtocolMessage;
      const payload = message.type === 'next' && { payload: withoutCost(message.payload) };
      this.#received.push({ ...message, ...payload });
      this.#wake();
    });
    socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  /**
   * Opens a socket; nothing is sent.
   * @param url of the gateway, http
   */
  static async open(url: string, options: { headers?: Record<string, string>; protocols?: string[] } = {}) {
    const { headers = {}, protocols = ['graphql-transport-ws'] } = options;
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, protocols, { headers });
    const opened = new ProtocolSocket(socket);
    await once(socket, 'open', { signal: expiry() });
    return opened;
  }

  /** Opens a socket and initialises the connection. */
  static async ready(url: string, payload?: object): Promise<ProtocolSocket> {
    const socket = await ProtocolSocket.open(url);
    socket.send({ type: 'connection_init', ...(payload && { payload }) });
    await socket.next('connection_ack');
    return socket;
  }

  /** An object is sent as JSON. */
  send(message: object | string | Buffer): void {
    this.#socket.send(typeof message === 'object' && !Buffer.isBuffer(message) ? JSON.stringify(message) : message);
  }

  /** Sends bytes as a text message, whatever they are. */
  sendText(bytes: Buffer): void {
    this.#socket.send(bytes, { binary: false });
  }

  subscribe(id: string, query: string, variables?: object): void {
    this.send({ type: 'subscribe', id, payload: { query, ...(variables && { variables }) } });
  }

  /** The next message that was not taken yet, of a type or of any; rejects when it is of another or none comes. */
  async next(type?: string): Promise<ProtocolMessage> {
    const deadline = Date.now() + EXPIRY_MS;
    for (;;) {
      const message = this.#received[this.#taken];
      if (message) {
        this.#taken += 1;
        if (type !== undefined && message.type !== type)
          throw new Error(`Expected ${type}, got ${JSON.stringify(message)}`);
        return message;
      }
      await this.#woken(deadline - Date.now(), type ?? 'any message');
    }
  }

  /** Waits until a message of a type has come; takes nothing. */
  async seen(type: string): Promise<void> {
    const deadline = Date.now() + EXPIRY_MS;
    while (!this.#received.some((message) => message.type === type)) await this.#woken(deadline - Date.now(), type);
  }

  /** What has come and was not taken. */
  rest(): readonly ProtocolMessage[] {
    return this.#received.slice(this.#taken);
  }

  /** Takes all that has come. */
  skip(): void {
    this.#taken = this.#received.length;
  }

  /** Takes nothing more from the network. */
  pause(): void {
    this.#socket.pause();
  }

  /** Takes what has come meanwhile, and goes on. */
  resume(): void {
    this.#socket.resume();
  }

  /** How the server closed the socket. */
  async closed(): Promise<{ code: number; reason: string }> {
    const timer = setTimeout(() => this.#socket.terminate(), EXPIRY_MS);
    return this.#closed.finally(() => clearTimeout(timer));
  }

  /** Cuts the connection without saying goodbye. */
  terminate(): void {
    this.#socket.terminate();
  }

  async close(): Promise<void> {
    this.#socket.close(1000);
    await this.closed();
  }

  #woken(leftMs: number, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const expired = new Error(`Waited ${EXPIRY_MS} ms for ${what}; have ${JSON.stringify(this.#received)}`);
      const timer = setTimeout(() => reject(expired), Math.max(0, leftMs));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      void this.#closed.then(({ code }) => reject(new Error(`Closed with ${code} instead of ${what}.`)));
    });
  }
}
