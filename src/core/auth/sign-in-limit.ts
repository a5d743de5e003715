import { createHmac, randomBytes } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { BoundedCache } from '../bounded-cache.js';
import { BuildgateError, isRefusal } from '../errors.js';

/** What somebody tries to sign in with, and from where. */
export interface SignInAttempt {
  /** Address of the caller; undefined: nobody knows it, and nothing is counted. */
  readonly address: string | undefined;
  /** User name, where the credentials have one; undefined for tokens. */
  readonly name: string | undefined;
  /** All that is shown: an `Authorization` header, or name and password; without any there is nothing to count. */
  readonly credentials: string;
}

/** How long a wrong attempt counts, in seconds: OWASP's authentication cheat sheet asks for a window of minutes. */
const WINDOW_SECONDS = 15 * 60;
/** How many times as much an address may try with several names: several people may stand behind it. */
const NAMES = 5;
const REMEMBERED = 10_000;

/**
 * Refuses to look at credentials from an address that has shown too many wrong ones: so many for one user name, and five
 * times as many in all. Nobody is locked out from elsewhere, and neither are credentials that were right here before.
 * What is wrong counts once, however often it is shown: a client with an old token guesses nothing.
 */
export class SignInLimit {
  readonly #failures: number;
  readonly #ofName: RateLimiterMemory;
  readonly #ofAddress: RateLimiterMemory;
  readonly #seen = new BoundedCache<string, 'right' | 'wrong'>(REMEMBERED);
  // Keys tell no secret, and are of no use to another process.
  readonly #secret = randomBytes(32);

  /** @param failures how many wrong ones for a name; 0: any number */
  constructor(failures: number) {
    this.#failures = failures;
    this.#ofName = new RateLimiterMemory({ points: failures, duration: WINDOW_SECONDS });
    this.#ofAddress = new RateLimiterMemory({ points: failures * NAMES, duration: WINDOW_SECONDS });
  }

  /**
   * Signs in, unless there were too many wrong attempts.
   * @throws BuildgateError RATE_LIMITED with `retryAfter`, in seconds; and what `signIn` throws: UNAUTHENTICATED and
   * FORBIDDEN count
   */
  async guard<Result>(attempt: SignInAttempt, signIn: () => Promise<Result>): Promise<Result> {
    const { address, credentials } = attempt;
    if (this.#failures === 0 || address === undefined || credentials.trim() === '') return signIn();
    const network = networkOf(address);
    const key = createHmac('sha256', this.#secret).update(`${network}\n${credentials}`).digest('base64');
    if (this.#seen.get(key) !== 'right') await this.#refuse(network, attempt.name);
    try {
      const result = await signIn();
      this.#seen.set(key, 'right');
      return result;
    } catch (error) {
      if (isWrong(error)) await this.#count(key, network, attempt.name);
      throw error;
    }
  }

  /** @throws BuildgateError RATE_LIMITED */
  async #refuse(network: string, name: string | undefined): Promise<void> {
    const [ofName, ofAddress] = await Promise.all([
      name === undefined ? null : this.#ofName.get(nameKey(network, name)),
      this.#ofAddress.get(network),
    ]);
    const used = [ofName, ofAddress].filter((count) => count !== null && count.remainingPoints <= 0);
    if (used.length === 0) return;
    const wait = Math.max(...used.map((count) => count?.msBeforeNext ?? 0));
    const retryAfter = Math.max(1, Math.ceil(wait / 1_000));
    throw new BuildgateError('RATE_LIMITED', 'Too many wrong credentials came from here. Try again later.', {
      retryAfter,
    });
  }

  async #count(key: string, network: string, name: string | undefined): Promise<void> {
    const isNew = this.#seen.get(key) !== 'wrong';
    this.#seen.set(key, 'wrong');
    if (!isNew) return;
    if (name !== undefined) await this.#ofName.penalty(nameKey(network, name));
    await this.#ofAddress.penalty(network);
  }
}

function isWrong(error: unknown): boolean {
  return isRefusal(error, 'UNAUTHENTICATED') || isRefusal(error, 'FORBIDDEN');
}

function nameKey(network: string, name: string): string {
  return JSON.stringify([network, name]);
}

/** An IPv4 address, or the /64 of an IPv6 one: whoever has one of these has all of it. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...Array.from({ length: missing }, () => '0'), ...(tail ? tail.split(':') : [])];
  return all.slice(0, 4).join(':');
}
