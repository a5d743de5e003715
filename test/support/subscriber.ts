import { createClient, type Client, type ExecutionResult } from 'graphql-ws';
import WebSocket from 'ws';

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

  /** Resolves with the first `count` results; rejects when they do not come within the time or the stream ends before. */
  async take(count: number, timeoutMs = 10_000): Promise<ExecutionResult[]> {
    await this.#until(() => this.#received.length >= count || this.#ended, timeoutMs, `${count} results`);
    if (this.#received.length < count) throw new Error(`The stream ended early: ${JSON.stringify(this.error)}`);
    return this.#received.slice(0, count);
  }

  /** Resolves when the stream has ended. */
  async end(timeoutMs = 10_000): Promise<void> {
    await this.#until(() => this.#ended, timeoutMs, 'the end');
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

  async #until(done: () => boolean, timeoutMs: number, what: string): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!done()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`Waited ${timeoutMs} ms for ${what}; have ${JSON.stringify(this.#received)}`);
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
