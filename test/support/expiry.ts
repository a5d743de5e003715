/** How long a test waits for what must come, in milliseconds: a machine with twenty times as much to do as it can has needed more than 60,000. */
export const EXPIRY_MS = 120_000;

/** Ends a wait for what does not come. */
export function expiry(): AbortSignal {
  return AbortSignal.timeout(EXPIRY_MS);
}
