import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { RequestHandler, Response } from 'express';
import { pino } from 'pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';

/** Members that hold credentials, wherever they stand in the first two levels of what is logged. */
const SECRETS = ['authorization', 'Authorization', 'cookie', 'password', 'token', 'secret'];
const ACCEPTED_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** Characters of lines that may wait for the end of the turn; a pipe takes more. */
const MAX_WAITING = 8 * 1024;
const MAX_PATH_LENGTH = 1_024;
const MAX_PARAMETERS = 20;
const MAX_PARAMETER_LENGTH = 64;

/**
 * The program's logger: one JSON object per line, on standard error, because standard output belongs to the results
 * of commands. Lines of one turn of the event loop are written together, synchronously and at the latest before an exit:
 * the last one is not lost, and many requests at once do not pay for a system call each.
 * @param level one of pino's levels, or `silent`
 * @param destination where the lines go instead
 */
export function createLogger(level: LevelWithSilent, destination?: DestinationStream): Logger {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`]);
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths, censor: '[redacted]' },
    },
    destination ?? standardError(),
  );
}

function standardError(): DestinationStream {
  const stream = pino.destination({ dest: 2, sync: true });
  let waiting = '';
  let isScheduled = false;
  const flush = (): void => {
    isScheduled = false;
    if (waiting !== '') stream.write(waiting);
    waiting = '';
  };
  const write = (line: string): void => {
    waiting += line;
    if (waiting.length >= MAX_WAITING) flush();
    else if (!isScheduled) isScheduled = Boolean(setImmediate(flush));
  };
  process.on('exit', flush);
  return { write };
}

/**
 * The id of a request: the client's `X-Request-Id` when it is 1 to 64 characters of `A-Z a-z 0-9 . _ -`, else a new one.
 * Serves the WebSocket handshake too, which passes no middleware.
 */
export function requestIdFrom(headers: IncomingHttpHeaders): string {
  const offered = headers['x-request-id'];
  return typeof offered === 'string' && ACCEPTED_ID.test(offered) ? offered : randomUUID();
}

/** The id that `requestLog` gave the request of this response; for `Caller.requestId`. */
export function requestIdOf(response: Pick<Response, 'locals'>): string {
  return response.locals['requestId'] as string;
}

/**
 * Middleware, the first of all: gives the request its id, echoes it as `X-Request-Id` and writes one line at level info when
 * the response is done or its client gone: `requestId`, `method`, `path`, `query` (names of the parameters, never their
 * values), `status` (null when nothing was answered), `durationMs`, `bytes` (written to the socket, headers included)
 * what the dialect adds of a write (`response.locals.details`), and `aborted: true` when the client did not wait for the end.
 */
export function requestLog(logger: Logger): RequestHandler {
  // To look for credentials takes longer than all else about a line, and only what a dialect adds could hold any.
  const plain = logger.child({}, { redact: [] });
  return (request, response, next) => {
    const begun = performance.now();
    const { socket } = request;
    const writtenBefore = socket.bytesWritten;
    const requestId = requestIdFrom(request.headers);
    response.locals['requestId'] = requestId;
    response.setHeader('X-Request-Id', requestId);
    const { method, url } = request;
    if (!plain.isLevelEnabled('info')) return next();
    response.once('close', () => {
      const { details } = response.locals as { readonly details?: object };
      const line = {
        requestId,
        method,
        ...loggedTarget(url),
        status: response.headersSent ? response.statusCode : null,
        durationMs: Math.round((performance.now() - begun) * 10) / 10,
        bytes: socket.bytesWritten - writtenBefore,
        ...details,
      };
      (details ? logger : plain).info(response.writableFinished ? line : { ...line, aborted: true }, 'request');
    });
    next();
  };
}

/** Path and parameter names of a request target; of an absolute one (`http://user:secret@host/path`) no more than that. */
function loggedTarget(target: string): { path: string; query?: string[] } {
  const local = target.startsWith('/') ? target : target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const mark = local.indexOf('?');
  if (mark < 0) return { path: bounded(local, MAX_PATH_LENGTH) };
  const path = bounded(local.slice(0, mark), MAX_PATH_LENGTH);
  const names = local.slice(mark + 1).split('&', MAX_PARAMETERS);
  return { path, query: names.map((pair) => bounded(pair.split('=', 1)[0]!, MAX_PARAMETER_LENGTH)) };
}

/** The text, cut to a length. Node's parser lets only printable ASCII into a target, and JSON escapes quotes. */
function bounded(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}...` : text;
}
