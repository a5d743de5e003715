import type { Random } from '../bench/random.js';
import { PlainClient, proxiedBroker, uniqueName } from '../broker/broker.js';
import { environment, preparedDatabase } from '../e2e/gateway-process.js';
import { globalId, tagOf } from '../../src/core/ids.js';
import { Kind, PROJECT_KIND, State } from '../../src/core/model/states.js';
import { CORE_ENTITIES } from '../../src/core/model/tables.js';
import { raw } from '../../src/core/store/sql.js';
import { Store } from '../../src/core/store/store.js';
import type { TestDatabase } from '../support/database.js';
import { expiry } from '../support/expiry.js';
import { Gateways } from '../support/gateways.js';
import { SECRET } from '../support/secrets.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { Follower } from './follower.js';
import { MessageLedger, type LoggedChange } from './message-ledger.js';
import { Writer, type Acknowledged } from './writer.js';

/** What a run is started with. */
export interface ClusterRunOptions {
  readonly gateways: number;
  readonly followers: number;
  /** Most changes that a follower takes over one connection. */
  readonly longest: number;
  readonly random: Random;
}

/** Gateways on a database of their own, subscribers that follow the log from its beginning, a consumer at the broker. */
export class ClusterRun {
  readonly followers: Follower[];
  private constructor(
    readonly gateways: Gateways,
    /** Before the broker, for the gateways; the consumer does without. */
    readonly broker: TcpProxy,
    readonly store: Store,
    private readonly database: TestDatabase,
    private readonly consumer: PlainClient,
    private readonly token: string,
    private readonly options: ClusterRunOptions,
  ) {
    this.followers = Array.from({ length: options.followers }, () => new Follower({ ...options, gateways }));
  }

  static async start(options: ClusterRunOptions): Promise<ClusterRun> {
    const { database, token } = await preparedDatabase();
    const { proxy, url } = await proxiedBroker();
    const consumer = await PlainClient.open();
    const exchange = uniqueName();
    await consumer.exchange(exchange);
    await consumer.consume(exchange);
    const settings = {
      BROKER_URL: url,
      BUILDGATE_BROKER_EXCHANGE: exchange,
      BUILDGATE_BUILDAPI_AGENT: 'embedded',
      BUILDGATE_SECRET: SECRET,
      LOG_LEVEL: 'warn',
    };
    const gateways = await Gateways.start(options.gateways, environment(database, settings));
    const store = await Store.open({ database: database.config, entities: CORE_ENTITIES });
    return new ClusterRun(gateways, proxy, store, database, consumer, token, options);
  }

  /** @param onAcknowledged told how many changes were acknowledged now */
  writers(count: number, onAcknowledged: (changes: number) => void = () => undefined): Writer[] {
    const { gateways, token, options } = this;
    const shared = { gateways, token, random: options.random, onAcknowledged };
    return Array.from({ length: count }, (_, index) => new Writer({ ...shared, name: `writer-${index}` }));
  }

  /** The change log of events and builds, as `stateChanged` tells it. */
  log(): Promise<LoggedChange[]> {
    return this.store.reader.all(
      raw(
        `SELECT sequence, kind, record_id AS record, from_state AS "from", to_state AS "to"
          FROM change_log WHERE kind <> ${PROJECT_KIND} ORDER BY sequence`,
      ),
    );
  }

  /** Waits until the changes of the log have reached everybody; says who saw anything else than each once and in order. */
  async deliveryFaults(log: readonly LoggedChange[]): Promise<unknown[]> {
    const signal = expiry();
    const cursors = log.map(({ sequence }) => String(sequence));
    const faults: unknown[] = [];
    for (const follower of this.followers) {
      await follower.sees(cursors.length, signal);
      faults.push(...follower.faults, ...firstDifference(follower.seen, cursors));
    }
    const ledger = new MessageLedger(log);
    const { consumer } = this;
    await consumer.until(() => ledger.isComplete(consumer.received)).catch(() => undefined);
    return [...faults, ...ledger.faults()];
  }

  /** What was acknowledged to writers and is not in the log. */
  lost(log: readonly LoggedChange[], writers: readonly Writer[]): Acknowledged[] {
    const written = new Set(log.map(({ kind, record, to }) => `${globalId(tagOf(kind), record)} ${State[to]}`));
    return writers.flatMap(({ acknowledged }) => acknowledged).filter(({ id, to }) => !written.has(`${id} ${to}`));
  }

  /** Records that are not what the log says of them, and those that only one of the two has. */
  async recordFaults(log: readonly LoggedChange[]): Promise<string[]> {
    const told = new Map(log.map(({ kind, record, to }) => [`${kind} ${record}`, to]));
    const stored = await this.store.reader.all<{ record: string; state: State }>(
      raw(`SELECT ${Kind.EVENT} || ' ' || id AS record, state FROM event
        UNION ALL SELECT ${Kind.BUILD} || ' ' || id, state FROM build`),
    );
    const other = stored.filter(({ record, state }) => told.get(record) !== state);
    for (const { record } of stored) told.delete(record);
    return [...other.map(({ record }) => record), ...told.keys()];
  }

  async close(): Promise<void> {
    for (const follower of this.followers) follower.close();
    await this.gateways.close();
    await this.broker.close();
    await this.consumer.close();
    await this.store.close();
    await this.database.drop();
  }
}

/** Where two lists part, if they do. Comparing thousands of entries by `toEqual` takes long. */
function firstDifference(seen: readonly string[], expected: readonly string[]): object[] {
  const at = expected.findIndex((cursor, index) => seen[index] !== cursor);
  if (at < 0 && seen.length === expected.length) return [];
  const from = at < 0 ? expected.length : at;
  return [{ at: from, seen: seen.slice(from, from + 3), expected: expected.slice(from, from + 3) }];
}
