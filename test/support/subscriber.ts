import { createClient, type Client, type ExecutionResult } from 'graphql-ws';
import WebSocket from 'ws';
import { EXPIRY_MS } from './expiry.js';

/** A real graphql-ws client whose messages are waited for with an expiry instead of a sleep. */
export class Subscriber {
  readonly #client: Client;
  readonly #received: ExecutionResult[] = [];
  #wake: () => void = () => undefined;
  #ended = false;
  /** Error that ended the subscription, if one did. */
  error: unknown;

  /**
   * Subscribes to a document.
   * @param url of the gateway, http
   */
  constructor(url: string, query: string, variables: Record<string, unknown> = {}, token?: string) {
    this.#client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      ...(token ? { connectionParams: { Authorization: `Bearer ${token}` } } : {}),
    });
    this.#client.subscribe(
      { query, variables },
      {
        next: (result) => {
          this.#received.push(result as ExecutionResult);
          this.#wake();
        },
        error: (error) => {
          this.error = error;
          this.#end();
        },
        complete: () => this.#end(),
      },
    );
  }

  /** Results received so far. */
  get received(): readonly ExecutionResult[] {
    return this.#received;
  }

  /** Resolves with the first `count` results; rejects when they do not come or the stream ends before. */
  async take(count: number): Promise<ExecutionResult[]> {
    await this.#until(() => this.#received.length >= count || this.#ended, `${count} results`);
    if (this.#received.length < count) throw new Error(`The stream ended early: ${JSON.stringify(this.error)}`);
    return this.#received.slice(0, count);
  }

  /** Resolves when the stream has ended. */
  async end(): Promise<void> {
    await this.#until(() => this.#ended, 'the end');
  }

  /** Cuts the connection without saying goodbye. */
  terminate(): void {
    this.#client.terminate();
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + EXPIRY_MS;
    while (!done()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`Waited ${EXPIRY_MS} ms for ${what}; have ${JSON.stringify(this.#received)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
