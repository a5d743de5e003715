/** One message as it goes to the broker: exactly the bytes a legacy consumer expects, no envelope. */
export interface BusMessage {
  /** Full topic, prefix included; the AMQP routing key. */
  readonly topic: string;
  /** JSON text of the payload. */
  readonly body: string;
}

/** Called for each message in publishing order; a rejection is logged and does not stop the other subscribers. */
export type BusHandler = (message: BusMessage) => void | Promise<void>;

/**
 * Where messages go. Implementations: `memory.ts` (embedded), RabbitMQ by `BROKER_URL`.
 * `publish` resolves when the broker has taken responsibility for the message and rejects when it has not.
 */
export interface Bus {
  publish(message: BusMessage): Promise<void>;
  /**
   * Receives messages whose topic matches an AMQP topic pattern (`*` one word, `#` any number of words).
   * @returns a function that ends the subscription
   */
  subscribe(pattern: string, handler: BusHandler): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
