import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Config } from '../../config.js';
import type { Principal } from '../../core/auth/principal.js';
import type { BuildgateError } from '../../core/errors.js';
import type { GatewayMetrics } from '../metrics.js';
import { operationPoints } from '../rate-limit/operation-points.js';
import { RateLimits, WINDOW_SECONDS } from '../rate-limit/rate-limits.js';
import { type SharedCounts, sharedCounts } from '../rate-limit/shared-counts.js';
import { trustedPeers } from '../trusted-peers.js';
import { OVERLOADED, rateLimited } from './doors.js';
import { Overload } from './overload.js';
import { RefusalLog } from './refusal-log.js';

/** What decides about what is let in, for all transports. */
export interface OpenDoors {
  readonly trusts: (address: string | undefined) => boolean;
  readonly overload: Overload;
  readonly rateLimits: RateLimits;
  readonly refusals: RefusalLog;
  /** Why an operation of a WebSocket is not taken on now; undefined when it is. */
  readonly admitOperation: (
    request: IncomingMessage,
    principal: Principal,
    rows: number,
  ) => Promise<BuildgateError | undefined>;
  readonly close: () => Promise<void>;
}

/** The doors as they are configured. */
export function openDoors(
  config: Config,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: GatewayMetrics },
): OpenDoors {
  const trusts = trustedPeers(config);
  const overload = new Overload(config.server.overload);
  const refusals = new RefusalLog(logger, overload);
  const shared = sharedOf(config, logger);
  const { limits } = config.rateLimit;
  const rateLimits = new RateLimits({
    limits,
    trusts,
    shared,
    onReached: ({ name }, limit) => logger.warn({ caller: name, limit }, 'rate limit reached'),
  });
  const admitOperation: OpenDoors['admitOperation'] = async (request, principal, rows) => {
    if (overload.isTooMuch) return refused('overload', OVERLOADED);
    const allowance = await rateLimits.takeFor(principal, request, operationPoints(rows));
    if (allowance?.isRefused === true) return refused('rate', rateLimited(allowance));
    await overload.turn();
    return undefined;
  };
  const refused = (reason: 'overload' | 'rate', error: BuildgateError): BuildgateError => {
    metrics.requestRefused(reason);
    refusals.note(reason);
    return error;
  };
  const close = async (): Promise<void> => {
    refusals.stop();
    await shared?.close();
  };
  return { trusts, overload, rateLimits, refusals, admitOperation, close };
}

/** Who counts together has to have a PostgreSQL, and a limit. */
function sharedOf({ database, rateLimit }: Config, logger: Logger): SharedCounts | undefined {
  const { store, limits } = rateLimit;
  if (store === 'memory' || database.kind === 'sqlite' || limits.caller + limits.address === 0) return undefined;
  return sharedCounts(database.url, {
    limits,
    windowSeconds: WINDOW_SECONDS,
    onError: (error) => logger.warn({ err: error }, 'requests are not counted together'),
  });
}
