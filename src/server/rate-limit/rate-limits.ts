import type { IncomingMessage } from 'node:http';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Principal } from '../../core/auth/principal.js';
import { type Account, accountOfAddress, accountOfPrincipal, KnownCallers } from './accounts.js';
import type { SharedCounts } from './shared-counts.js';

/** Length of the fixed window in which requests are counted. */
export const WINDOW_SECONDS = 60;

/** What is left to a caller after a request. */
export interface Allowance {
  /** Which limit counts: that of a caller with credentials, or that of an address. */
  readonly policy: Account['policy'];
  /** Points per window. */
  readonly limit: number;
  readonly remaining: number;
  /** Until the window ends, whole and at least 1. */
  readonly seconds: number;
  readonly isRefused: boolean;
}

/** What rate limits are made with. */
export interface RateLimitOptions {
  /** Points per minute; 0: any number. */
  readonly limits: Readonly<Record<Account['policy'], number>>;
  /** Whether a peer is a proxy whose `X-Forwarded-For` counts. */
  readonly trusts: (address: string | undefined) => boolean;
  /** Left out where each gateway counts for itself. */
  readonly shared?: SharedCounts | undefined;
  /** Told once per window of each account that has used up its limit. */
  readonly onReached: (account: Account, limit: number) => void;
}

/** How a connection asked the last time. */
interface Asked {
  readonly authorization: string | undefined;
  readonly forwarded: string | string[] | undefined;
  readonly version: number;
  readonly account: Account;
}

/**
 * A share of the limit: so much is used here before the other gateways are told, and again each time after. So whoever
 * stays below it costs the database nothing, and each gateway lets through at most so much too much.
 */
const SHARED_PART = 1 / 20;

/**
 * Counts what callers ask for, in windows of a minute that begin with the first request. A request counts before anybody
 * has looked at its credentials, so that refusing it costs next to nothing: for the principal, where the same credentials
 * have been found right before, else for the address. So wrong ones, and new ones for the first time, count for the address.
 */
export class RateLimits {
  readonly #options: RateLimitOptions;
  readonly #known = new KnownCallers();
  readonly #asked = new WeakMap<object, Asked>();
  readonly #counts: ReadonlyMap<Account['policy'], RateLimiterMemory>;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    const limited = Object.entries(options.limits).filter(([, points]) => points > 0);
    this.#counts = new Map(
      limited.map(([policy, points]) => [
        policy as Account['policy'],
        new RateLimiterMemory({ points, duration: WINDOW_SECONDS, keyPrefix: '' }),
      ]),
    );
  }

  /** Hears who the credentials of a request name: null when they were refused. */
  readonly onCaller = (request: IncomingMessage, principal: Principal | null): void => {
    if (this.#counts.size > 0) this.#known.heard(request.headers.authorization, principal);
  };

  /** Counts a request; undefined where there is no limit. @param points what it costs */
  take(request: IncomingMessage, points = 1): Promise<Allowance> | undefined {
    if (this.#counts.size === 0) return undefined;
    return this.#takeFrom(this.#accountOf(request), points);
  }

  /** The same where it is known who asks. */
  takeFor(principal: Principal, request: IncomingMessage, points: number): Promise<Allowance> | undefined {
    if (this.#counts.size === 0) return undefined;
    return this.#takeFrom(accountOfPrincipal(principal) ?? this.#addressOf(request), points);
  }

  /** Most requests of a connection come from the caller of the one before. */
  #accountOf(request: IncomingMessage): Account {
    const { authorization, 'x-forwarded-for': forwarded } = request.headers;
    const { version } = this.#known;
    const last = this.#asked.get(request.socket);
    const isSame = last?.authorization === authorization && last?.forwarded === forwarded;
    if (last && isSame && last.version === version) return last.account;
    const account = this.#known.get(authorization) ?? this.#addressOf(request);
    this.#asked.set(request.socket, { authorization, forwarded, version, account });
    return account;
  }

  #addressOf(request: IncomingMessage): Account {
    return accountOfAddress(request, this.#options.trusts);
  }

  #takeFrom(account: Account, points: number): Promise<Allowance> | undefined {
    const { policy, name } = account;
    return this.#counts
      .get(policy)
      ?.consume(name, points)
      .then(
        (count) => this.#allowed(account, count, points),
        (reason: unknown) => this.#refused(account, reason, points),
      );
  }

  #allowed(account: Account, count: RateLimiterRes, points: number): Allowance {
    const { shared, limits } = this.#options;
    if (shared) {
      const part = Math.ceil(limits[account.policy] * SHARED_PART);
      const parts = Math.floor(count.consumedPoints / part) - Math.floor((count.consumedPoints - points) / part);
      if (parts > 0) void this.#tellOthers(shared, account, parts * part);
    }
    return this.#allowance(account, count, false);
  }

  #refused(account: Account, reason: unknown, points: number): Allowance {
    if (!(reason instanceof RateLimiterRes)) throw reason;
    const limit = this.#options.limits[account.policy];
    if (reason.consumedPoints - points <= limit) this.#options.onReached(account, limit);
    return this.#allowance(account, reason, true);
  }

  /** Nobody waits for it: what all gateways have counted decides about the requests after that. */
  async #tellOthers(shared: SharedCounts, account: Account, points: number): Promise<void> {
    const waitMs = await shared.add(account, points);
    if (waitMs === 0) return;
    this.#options.onReached(account, this.#options.limits[account.policy]);
    await this.#counts.get(account.policy)!.block(account.name, Math.ceil(waitMs / 1_000));
  }

  #allowance({ policy }: Account, { remainingPoints, msBeforeNext }: RateLimiterRes, isRefused: boolean): Allowance {
    const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
    return { policy, limit: this.#options.limits[policy], remaining: remainingPoints, seconds, isRefused };
  }
}
