/** Bounds of the pauses between attempts, in milliseconds. */
export interface RetryPauses {
  readonly first: number;
  readonly last: number;
}

export const DEFAULT_PAUSES: RetryPauses = { first: 200, last: 30_000 };

/**
 * How long to wait before another attempt: doubled with each failure, and up to a fifth shorter by chance, so that many
 * processes that lost the same broker do not come back in step.
 * @param failures attempts that failed in a row before the last one
 * @returns milliseconds
 */
export function backoff(failures: number, { first, last }: RetryPauses): number {
  const full = Math.min(last, first * 2 ** Math.min(failures, 30));
  return full * (1 - Math.random() / 5);
}
