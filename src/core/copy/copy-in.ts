import { once } from 'node:events';
import type pg from 'pg';

/** What pg's connections have besides what is declared. */
type CopyConnection = pg.Connection & {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
};

/** `COPY ... FROM STDIN` as pg runs it: the data is sent by whoever began it. */
class CopyIn implements pg.Submittable {
  readonly #ready = Promise.withResolvers<CopyConnection>();
  readonly #done = Promise.withResolvers<void>();
  hasFailed = false;

  /** @param data everything, if it is sent at once; the server passes over it when it refuses the statement */
  constructor(
    readonly text: string,
    readonly data: string | null = null,
  ) {
    // Who waits for one of the two may not yet wait for the other.
    for (const { promise } of [this.#ready, this.#done]) promise.catch(() => undefined);
  }

  /** Resolves when the server waits for data. */
  get ready(): Promise<CopyConnection> {
    return this.#ready.promise;
  }

  /** Resolves when the server has taken everything. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  submit(connection: pg.Connection): void {
    connection.query(this.text);
    if (this.data === null) return;
    const copying = connection as CopyConnection;
    copying.sendCopyFromChunk(Buffer.from(this.data));
    copying.endCopyFrom();
  }

  handleCopyInResponse(connection: CopyConnection): void {
    this.#ready.resolve(connection);
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#done.resolve();
  }

  handleError(error: Error): void {
    this.hasFailed = true;
    this.#ready.reject(error);
    this.#done.reject(error);
  }
}

/**
 * Runs a statement `COPY ... FROM STDIN` and sends it the chunks, never faster than the server takes them.
 * @throws the server's refusal, or what the chunks throw
 */
export async function copyIn(client: pg.ClientBase, text: string, chunks: AsyncIterable<string>): Promise<void> {
  const copy = client.query(new CopyIn(text));
  const connection = await copy.ready;
  try {
    for await (const chunk of chunks) {
      if (copy.hasFailed) break;
      connection.sendCopyFromChunk(Buffer.from(chunk));
      if (connection.stream.writableNeedDrain) await Promise.race([once(connection.stream, 'drain'), copy.done]);
    }
  } catch (error) {
    if (!copy.hasFailed) connection.sendCopyFail('The data ended early.');
    await copy.done.catch(() => undefined);
    throw error;
  }
  if (!copy.hasFailed) connection.endCopyFrom();
  await copy.done;
}

/**
 * Runs a statement `COPY ... FROM STDIN` with all its data, without waiting for the server to ask for it.
 * @throws the server's refusal
 */
export function copyAtOnce(client: pg.ClientBase, text: string, data: string): Promise<void> {
  return client.query(new CopyIn(text, data)).done;
}
