import { type Allowance, WINDOW_SECONDS } from './rate-limits.js';

/**
 * The headers that tell a client what is left to it (draft-ietf-httpapi-ratelimit-headers-10): `RateLimit-Policy` with the
 * quota `q` and its window `w` in seconds, `RateLimit` with what remains, `r`, for `t` seconds.
 */
export function rateLimitHeaders({ policy, limit, remaining, seconds }: Allowance): Record<string, string> {
  return {
    RateLimit: `"${policy}";r=${remaining};t=${seconds}`,
    'RateLimit-Policy': `"${policy}";q=${limit};w=${WINDOW_SECONDS}`,
  };
}
