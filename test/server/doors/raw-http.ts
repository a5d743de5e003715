import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expiry } from '../../support/expiry.js';

/** A TCP connection that sends bytes as they are given. */
export class RawHttp {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #received = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    // Either end may cut what the other one still sends.
    socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.setEncoding('latin1').on('data', (text: string) => (this.#received += text));
  }

  static async open(port: number): Promise<RawHttp> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect', { signal: expiry() });
    return new RawHttp(socket);
  }

  send(text: string | Uint8Array): void {
    this.#socket.write(text);
  }

  /** Takes nothing more from the network. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** All that came, when the server has closed the connection. */
  async closed(): Promise<string> {
    await this.#closed;
    return this.#received;
  }

  /** What came so far, when it has a text in it. */
  async until(text: string): Promise<string> {
    while (!this.#received.includes(text)) await once(this.#socket, 'data', { signal: expiry() });
    return this.#received;
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
