import type { ExecutionResult } from 'graphql';
import { PIECE_BYTES, type MessageBytes } from '../socket-connection.js';

/** A result of a subscription as text, made once for all that it goes to. */
export class Payload {
  /** The JSON and the brace that ends the message around it. */
  readonly #bytes: Buffer;
  #last: (MessageBytes & { readonly id: string }) | undefined;

  constructor({ errors, ...result }: ExecutionResult) {
    const json = JSON.stringify({ ...result, ...(errors && { errors: errors.map((error) => error.toJSON()) }) });
    this.#bytes = Buffer.from(`${json}}`);
  }

  /** How much there is of it, in bytes. */
  get size(): number {
    return this.#bytes.length;
  }

  /**
   * The `next` message for the subscription of this id. Ids differ, so the beginning is a copy; what lies behind the first
   * piece is the same memory for all, and those of one id in a row (many clients count from 1) share all of it.
   */
  messageFor(id: string): MessageBytes {
    if (this.#last?.id !== id)
      this.#last = { id, ...this.#cut(`{"id":${JSON.stringify(id)},"type":"next","payload":`) };
    return this.#last;
  }

  #cut(start: string): MessageBytes {
    const startBytes = Buffer.byteLength(start);
    const shared = Math.max(0, PIECE_BYTES - startBytes);
    const head = Buffer.allocUnsafe(startBytes + Math.min(shared, this.#bytes.length));
    head.write(start);
    this.#bytes.copy(head, startBytes);
    return { head, rest: this.#bytes.subarray(shared) };
  }
}
