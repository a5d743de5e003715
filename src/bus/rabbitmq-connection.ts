import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type ChannelModel } from 'amqplib';
import { backoff, type RetryPauses } from './backoff.js';

export interface RabbitmqConnectionOptions {
  /** `amqp://` or `amqps://`, with the password. */
  readonly url: string;
  /** Unless the URL has its own `heartbeat`. */
  readonly heartbeatSeconds: number;
  readonly pauses: RetryPauses;
  /** How long opening a connection, and then `onUp`, may take each, in milliseconds. */
  readonly connectMs: number;
  /** Prepares each new connection; it is given up when this rejects. */
  readonly onUp: (model: ChannelModel) => Promise<void>;
  /** The connection is gone; called at the same moment as its channels close. */
  readonly onDown: (model: ChannelModel) => void;
  /** Why a connection was lost or could not be made. */
  readonly onError: (error: Error) => void;
}

/** A connection that lasted this long was a good one: pauses begin small again. */
const STABLE_MS = 5_000;
/** How long the goodbye may take. */
const GOODBYE_MS = 2_000;

/**
 * One connection to RabbitMQ, made anew for ever. amqplib's own recovery is not used: it waits without limit for a
 * connection that stopped answering while it was prepared.
 */
export class RabbitmqConnection {
  readonly #options: RabbitmqConnectionOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  /** Destroys the socket of the present connection or attempt. */
  #socket = new AbortController();
  #model: ChannelModel | undefined;
  #dropped: Error | undefined;

  constructor(options: RabbitmqConnectionOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Gives the present connection up without a goodbye; another one is made. */
  drop(reason: Error): void {
    this.#dropped ??= reason;
    this.#socket.abort();
  }

  /** Ends the connection, politely if the broker answers in time. Close its channels before. */
  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#model) await within(GOODBYE_MS, this.#model.close()).catch(() => undefined);
    this.#socket.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; failures++) {
      const begun = performance.now();
      const reason = await this.#live().catch((error: Error) => error);
      if (signal.aborted) return;
      this.#options.onError(this.#dropped ?? reason);
      this.#dropped = undefined;
      if (performance.now() - begun > STABLE_MS) failures = 0;
      await sleep(backoff(failures, this.#options.pauses), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Makes one connection; resolves with the reason of its end, rejects when it cannot be made. */
  async #live(): Promise<Error> {
    const { connectMs, onUp, onDown } = this.#options;
    this.#socket = new AbortController();
    const model = await connect(this.#url(), this.#socketOptions());
    const ended = new Promise<Error>((resolve) => {
      model.on('close', (error) => {
        this.#model = undefined;
        onDown(model);
        resolve(error ?? new Error('The broker closed the connection.'));
      });
    });
    // "close" follows with the same error; without a listener it would end the process.
    model.on('error', () => undefined);
    this.#model = model;
    try {
      await within(connectMs, onUp(model));
    } catch (error) {
      this.drop(error as Error);
    }
    return ended;
  }

  #url(): string {
    const url = new URL(this.#options.url);
    if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(this.#options.heartbeatSeconds));
    return url.href;
  }

  #socketOptions() {
    return {
      noDelay: true,
      keepAlive: true,
      timeout: this.#options.connectMs,
      clientProperties: { connection_name: 'buildgate' },
      // Goes to net.connect or tls.connect as it is.
      signal: this.#socket.signal,
    };
  }
}

/**
 * Waits for work with a limit.
 * @throws Error when it takes longer
 */
export async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`The broker did not answer within ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
