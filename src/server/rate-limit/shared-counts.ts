import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { openPool } from '../../core/store/postgresql.js';
import type { Account } from './accounts.js';

/** Counts that all gateways of one database add to. */
export interface SharedCounts {
  /** Adds to a count. Milliseconds to wait when that makes too much, else 0, also when the database does not tell. */
  add(account: Account, points: number): Promise<number>;
  close(): Promise<void>;
}

/** Who waits for the database is nobody; but what it has not taken by then is of no use. */
const TIMEOUT_MS = 2_000;

/**
 * Counts in the table `rate_limit`, over a connection of their own.
 * @param limits points per window
 * @param onError told of what the database refused; such points are not counted
 */
export function sharedCounts(
  url: string,
  {
    limits,
    windowSeconds,
    onError,
  }: {
    readonly limits: Readonly<Record<Account['policy'], number>>;
    readonly windowSeconds: number;
    readonly onError: (error: unknown) => void;
  },
): SharedCounts {
  const pool = openPool(url, { timeoutMs: TIMEOUT_MS, size: 1, onError });
  const limiterOf = (policy: Account['policy']): RateLimiterPostgres =>
    new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: 'rate_limit',
      tableCreated: true,
      // Every five minutes, what is an hour old; one table holds both.
      clearExpiredByTimeout: policy === 'caller',
      keyPrefix: policy,
      points: limits[policy],
      duration: windowSeconds,
    });
  const limiters = { caller: limiterOf('caller'), address: limiterOf('address') };
  return {
    add: async ({ policy, name }, points) => {
      try {
        await limiters[policy].consume(name, points);
      } catch (reason) {
        if (reason instanceof RateLimiterRes) return reason.msBeforeNext;
        onError(reason);
      }
      return 0;
    },
    close: () => pool.end(),
  };
}
