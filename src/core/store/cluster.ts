import { setTimeout as startTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

/** What a process shares with the other gateways on its database. */
export interface Cluster {
  /**
   * Whether this process is the one that publishes messages; becomes it when no other is. At any time at most one is,
   * unless the database has not yet noticed that it lost one.
   */
  lead(): Promise<boolean>;
  /** Leaves: another may lead from now on. */
  close(): Promise<void>;
}

/** What a process is told by the others. */
export interface ClusterListener {
  /** Something was committed by another process, may have been while nothing could be heard, or this one leads now. */
  readonly onWake: () => void;
  /** The connection was lost, or could not be made anew; it is tried again. */
  readonly onError: (error: unknown) => void;
}

/** The cluster of an embedded database: nobody else serves it. */
export const ALONE: Cluster = { lead: async () => true, close: async () => undefined };

/** The channel that `NOTIFY` speaks on; payload: the instance that committed. */
export const CHANNEL = 'buildgate_commit';

/** Two numbers that stand for "publishes the messages of this database" among its advisory locks. */
const LEADER_LOCK = [0x6267, 1] as const;
/** How often the connection is asked for a sign of life, and the leadership asked for. */
const BEAT_MS = 1000;
/** A connection that says nothing for so long is given up. */
const SILENCE_MS = 5000;
/** The server looks after a session whose process cannot say goodbye: its lock must not outlive it for long. */
const PREPARE_SESSION = `SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
  LISTEN ${CHANNEL}`;
const GOODBYE_MS = 1000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;

/**
 * One connection beside the pool, which hears of commits (LISTEN) and whose session holds the lock of who publishes. So
 * the lock ends with the process, whatever ends it.
 */
export class PostgresqlCluster implements Cluster {
  readonly #url: string;
  readonly #instance: string;
  readonly #listener: ClusterListener;
  #client: pg.Client | undefined;
  #leads = false;
  #closed = false;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | undefined;

  private constructor(url: string, instance: string, listener: ClusterListener) {
    this.#url = url;
    this.#instance = instance;
    this.#listener = listener;
  }

  /**
   * Joins, and stays joined until it is closed.
   * @param instance what this process' own commits are announced with
   * @throws Error when the database does not answer
   */
  static async join(url: string, instance: string, listener: ClusterListener): Promise<PostgresqlCluster> {
    const cluster = new PostgresqlCluster(url, instance, listener);
    await cluster.#connect();
    return cluster;
  }

  async lead(): Promise<boolean> {
    return this.#leads;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#leads = false;
    clearTimeout(this.#timer);
    const client = this.#client;
    if (!client) return;
    // A server that says nothing does not say goodbye either.
    await Promise.race([client.end(), setTimeout(GOODBYE_MS, undefined, { ref: false })]);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'buildgate cluster',
      keepAlive: true,
      connectionTimeoutMillis: SILENCE_MS,
      query_timeout: SILENCE_MS,
    });
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, new Error('The connection to the database has ended.')));
    client.on('notification', ({ payload }) => {
      if (payload !== this.#instance) this.#listener.onWake();
    });
    try {
      await client.connect();
      await client.query(PREPARE_SESSION);
      this.#client = client;
      await this.#claim(client);
      if (this.#closed) throw new Error('The cluster was left while joining it.');
    } catch (error) {
      this.#client = undefined;
      this.#leads = false;
      client.end().catch(() => undefined);
      throw error;
    }
    this.#retryMs = FIRST_RETRY_MS;
    this.#later(BEAT_MS, () => this.#beat(client));
  }

  /** Asks for the leadership; also a sign of life. */
  async #claim(client: pg.Client): Promise<void> {
    const ask = this.#leads ? 'true' : `pg_try_advisory_lock(${LEADER_LOCK.join(', ')})`;
    const { rows } = await client.query<{ leads: boolean }>(`SELECT ${ask} AS leads`);
    if (this.#client === client) this.#leads = rows[0]?.leads === true;
  }

  async #beat(client: pg.Client): Promise<void> {
    const led = this.#leads;
    try {
      await this.#claim(client);
    } catch (error) {
      this.#lost(client, error);
      return;
    }
    if (this.#leads && !led) this.#listener.onWake();
    this.#later(BEAT_MS, () => this.#beat(client));
  }

  #lost(client: pg.Client, error: unknown): void {
    if (this.#client !== client || this.#closed) return;
    this.#client = undefined;
    this.#leads = false;
    client.end().catch(() => undefined);
    this.#listener.onError(error);
    this.#retry();
  }

  #retry(): void {
    this.#later(this.#retryMs, async () => {
      try {
        await this.#connect();
        this.#listener.onWake();
      } catch (error) {
        this.#listener.onError(error);
        this.#retry();
      }
    });
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  #later(ms: number, action: () => Promise<void>): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = startTimer(() => void action(), ms);
    this.#timer.unref();
  }
}
