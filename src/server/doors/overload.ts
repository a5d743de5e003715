import type { IncomingMessage, ServerResponse } from 'node:http';
import { WaitingLine } from './waiting-line.js';

/** What is too much. */
export interface OverloadSettings {
  /** Requests that may be answered at the same time. */
  readonly requests: number;
  /** How long a request may have to wait until it is looked at, milliseconds. */
  readonly maxWaitMs: number;
}

/**
 * Says when there is too much to do: when who comes now would wait too long for the event loop, or when too many
 * requests that were begun wait for something else, such as the database.
 */
export class Overload {
  readonly #requests: number;
  readonly #line: WaitingLine;
  #underWay = 0;

  constructor({ requests, maxWaitMs }: OverloadSettings) {
    this.#requests = requests;
    this.#line = new WaitingLine(maxWaitMs);
  }

  /** Requests that are being answered; those whose body has not arrived are not among them. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Requests and operations that nobody has looked at yet. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Whether nothing more can be taken on now. */
  get isTooMuch(): boolean {
    return this.#underWay >= this.#requests || this.#line.isFull;
  }

  /**
   * Begins to answer a request when it is its turn, and counts it as long as it is being answered. A client that has gone
   * by then is forgotten.
   */
  admit(request: IncomingMessage, response: ServerResponse, begin: () => void): void {
    this.#line.join(() => {
      if (response.closed) return;
      this.#count(request, response);
      begin();
    });
  }

  /** Resolves when it is the caller's turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#line.join(resolve));
  }

  /** One with a body counts from when that is there: a client that sends slowly takes nobody's place. */
  #count(request: IncomingMessage, response: ServerResponse): void {
    if (!hasBody(request)) return this.#counted(response);
    request.once('end', () => response.closed || this.#counted(response));
  }

  #counted(response: ServerResponse): void {
    this.#underWay += 1;
    response.once('close', () => (this.#underWay -= 1));
  }
}

/** Whether a request brings a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
