import { BuildgateError } from '../errors.js';

/** Errors of sockets and of name resolution. */
const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/**
 * PostgreSQL's SQLSTATEs of a server that does not serve now: shutting down or starting (57P01 to 57P05), too many
 * connections (53300), a statement beyond its time (57014), out of disk (53100) or memory (53200).
 */
const SQLSTATES = new Set(['57P01', '57P02', '57P03', '57P05', '53300', '57014', '53100', '53200']);
/** Class 08: connection exceptions. */
const CONNECTION_EXCEPTION = /^08/;
/** What pg says without a code. */
const WORDS =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|timeout expired|Client (has encountered a connection error|was closed) and is not queryable|Connection ended unexpectedly)/;
/** SQLite: busy, locked, disk errors, disk full, cannot open. */
const SQLITE = new Set([5, 6, 10, 13, 14]);

/** Whether the database could not be asked, did not answer in time, or could not do it now: not a fault of the statement. */
export function isUnavailable(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code, errcode, message } = cause as Error & { code?: unknown; errcode?: unknown };
    if (typeof code === 'string' && (SOCKET.has(code) || SQLSTATES.has(code) || CONNECTION_EXCEPTION.test(code)))
      return true;
    // SQLite's extended codes have the primary one in their lowest byte.
    if (typeof errcode === 'number' && SQLITE.has(errcode & 0xff)) return true;
    if (WORDS.test(message)) return true;
    if (cause instanceof AggregateError && cause.errors.some(isUnavailable)) return true;
  }
  return false;
}

/** The error as it leaves the store: a database that is away becomes a refusal that may be tried again. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof BuildgateError || !isUnavailable(error)) return error;
  const refusal = new BuildgateError('UNAVAILABLE', 'The database does not answer; try again in a moment.');
  refusal.cause = error;
  return refusal;
}

/** Whether the connection ended under the statement: another one may answer at once. */
export function wasCut(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    code === 'ECONNRESET' || code === 'EPIPE' || code === '57P01' || String(message).startsWith('Connection terminated')
  );
}
