import { BoundedCache } from '../bounded-cache.js';
import type { DataVersion } from '../store/data-version.js';
import { sql } from '../store/sql.js';

/** How old the last use may be that is known of a token, microseconds: requests are many, and nobody asks for the minute. */
const PRECISION = 3_600_000_000;
const REMEMBERED = 10_000;

/** What uses of tokens are noted with. */
export interface TokenUseOptions {
  readonly dataVersion: DataVersion;
  /** Microseconds since 1970. */
  readonly now: () => number;
  /** Told of what failed: the use is noted with the next one then. */
  readonly onError: (error: unknown) => void;
}

/**
 * Notes when tokens were used last, to the hour, beside the transactions of requests: kept answers stay good, and nobody
 * waits for it.
 */
export class TokenUse {
  readonly #options: TokenUseOptions;
  readonly #noted = new BoundedCache<number, number>(REMEMBERED);
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: TokenUseOptions) {
    this.#options = options;
  }

  /** @param lastUsedAt what the database says */
  note(tokenId: number, lastUsedAt: number | null): void {
    const now = this.#options.now();
    const known = Math.max(lastUsedAt ?? 0, this.#noted.get(tokenId) ?? 0);
    if (now - known < PRECISION) return;
    this.#noted.set(tokenId, now);
    this.#writing = this.#writing.then(() => this.#write(tokenId, now));
  }

  /** Resolves when all that was noted is written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(tokenId: number, now: number): Promise<void> {
    try {
      await this.#options.dataVersion.writeAside(
        sql`UPDATE api_token SET last_used_at = ${now} WHERE id = ${tokenId} AND (last_used_at IS NULL OR last_used_at < ${now})`,
      );
    } catch (error) {
      this.#noted.delete(tokenId);
      this.#options.onError(error);
    }
  }
}
