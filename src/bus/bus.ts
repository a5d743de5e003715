/** One message as it goes to the broker: exactly the bytes a legacy consumer expects, no envelope. */
export interface BusMessage {
  /** Full topic, prefix included; the AMQP routing key. */
  readonly topic: string;
  /** JSON text of the payload. */
  readonly body: string;
  /** Topic exchange that the message goes through; left out, also on delivery, where it is the configured one. */
  readonly exchange?: string;
  /** AMQP content encoding (`utf-8`); none unless given. */
  readonly contentEncoding?: string;
  /** AMQP headers; none unless given. */
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  /** Whether to refuse the message when no queue or subscriber takes it; else it is then forgotten. */
  readonly mandatory?: boolean;
}

/** Called for each message in publishing order; a rejection is logged and does not stop the other subscribers. */
export type BusHandler = (message: BusMessage) => void | Promise<void>;

/**
 * What became of a message of a queue. Nothing: it is done. `leave`: it is meant for another consumer; it is kept aside
 * unacknowledged and goes back to the queue after a pause, so that a queue without that other consumer does not spin.
 */
export type Verdict = void | 'leave';

/** Called for one message of a queue at a time; a rejection is logged and the message comes again after a pause. */
export type QueueHandler = (message: BusMessage) => Verdict | Promise<Verdict>;

/** Which messages a queue gets. */
export interface QueueBinding {
  /** Default: the configured exchange. */
  readonly exchange?: string;
  /** AMQP topic pattern. */
  readonly routingKey: string;
}

/**
 * Where messages go. Implementations: `memory.ts` (embedded), `rabbitmq.ts` by `BROKER_URL`.
 *
 * Exchanges are durable topic exchanges and are declared by whoever names them first. What is declared, consumed and
 * subscribed to is set up again after each lost connection; asked for without a connection, it is set up with the next
 * one and the call resolves at once.
 */
export interface Bus {
  /** Whether messages can be published now. */
  readonly isConnected: boolean;
  /** Calls back whenever messages can be published again, from the next connection on. The bus in memory never does. */
  onConnected(listener: () => void): void;
  /**
   * Resolves when the broker has taken responsibility for the message and rejects when it has not. Messages keep the
   * order of the calls; there is no need to wait for one before the next.
   */
  publish(message: BusMessage): Promise<void>;
  /**
   * Receives messages of an exchange (default: the configured one) whose topic matches an AMQP topic pattern (`*` one
   * word, `#` any number of words). What is published while there is no connection is missed.
   * @returns a function that ends the subscription
   */
  subscribe(
    pattern: string,
    handler: BusHandler,
    options?: { readonly exchange?: string },
  ): Promise<() => Promise<void>>;
  /**
   * Makes a durable queue and binds it, so that messages wait there until somebody consumes them. A queue may be
   * declared with several bindings.
   * @throws Error when the broker has the exchange or the queue with other properties
   */
  declare(queue: string, binding: QueueBinding): Promise<void>;
  /**
   * Declares a queue and takes part in emptying it: each message goes to one of its consumers, and to another one when
   * that one fails or vanishes; so a message may come twice.
   * @returns a function that ends the consuming; the queue stays
   * @throws Error as `declare` does; nothing is consumed then
   */
  consume(queue: string, binding: QueueBinding, handler: QueueHandler): Promise<() => Promise<void>>;
  /** Refuses new messages, lets handlers and messages in flight finish for a limited time, and disconnects. */
  close(): Promise<void>;
}

/** The exchange of messages that name none, unless configured otherwise. */
export const DEFAULT_EXCHANGE = 'buildgate';
