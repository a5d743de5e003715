/**
 * What the core can refuse, in the words of `extensions.code`. Each transport translates a code once:
 * GraphQL in `server/execution.ts`, a dialect in its own table.
 */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'INVALID'
  | 'CONFLICT'
  | 'TOO_EXPENSIVE'
  | 'CURSOR_EXPIRED'
  | 'UNAVAILABLE'
  | 'RATE_LIMITED';

/** A refusal that may be shown to the caller as it is. Anything else that is thrown leaves as "internal error". */
export class BuildgateError extends Error {
  /**
   * @param code what kind of refusal it is
   * @param message a sentence for the caller; names the field and the fault
   * @param details further members for `extensions`, safe to show
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'BuildgateError';
  }
}

/** Whether what was thrown is a refusal of this kind. */
export function isRefusal(error: unknown, code: ErrorCode): error is BuildgateError {
  return error instanceof BuildgateError && error.code === code;
}
