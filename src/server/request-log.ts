import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { RequestHandler, Response } from 'express';
import { pino } from 'pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';

/** Members that hold credentials, wherever they stand in the first two levels of what is logged. */
const SECRETS = ['authorization', 'Authorization', 'cookie', 'password', 'token', 'secret'];
const ACCEPTED_ID = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_PATH_LENGTH = 1_024;
const MAX_PARAMETERS = 20;
const MAX_PARAMETER_LENGTH = 64;

/**
 * The program's logger: one JSON object per line, on standard error, because standard output belongs to the results
 * of commands. Writes synchronously, so that the last line before an exit is not lost.
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
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
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
export function requestIdOf(response: Response): string {
  return response.locals['requestId'] as string;
}

/**
 * Middleware, the first of all: gives the request its id, echoes it as `X-Request-Id` and writes one line at level info when
 * the response is done or its client gone: `requestId`, `method`, `path`, `query` (names of the parameters, never their
 * values), `status` (null when nothing was answered), `durationMs`, `bytes` (written to the socket, headers included)
 * what the dialect adds of a write (`response.locals.details`), and `aborted: true` when the client did not wait for the end.
 */
export function requestLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now();
    const { socket } = request;
    const writtenBefore = socket.bytesWritten;
    const requestId = requestIdFrom(request.headers);
    response.locals['requestId'] = requestId;
    response.setHeader('X-Request-Id', requestId);
    const { method, originalUrl } = request;
    response.once('close', () => {
      const line = {
        requestId,
        method,
        ...loggedTarget(originalUrl),
        status: response.headersSent ? response.statusCode : null,
        durationMs: Math.round((performance.now() - begun) * 10) / 10,
        bytes: socket.bytesWritten - writtenBefore,
        ...(response.locals['details'] as object | undefined),
      };
      logger.info(response.writableFinished ? line : { ...line, aborted: true }, 'request');
    });
    next();
  };
}

/** Path and parameter names of a request target; of an absolute one (`http://user:secret@host/path`) no more than that. */
function loggedTarget(target: string): { path: string; query?: string[] } {
  const [path = '', ...rest] = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split('?');
  const logged = { path: bounded(path, MAX_PATH_LENGTH) };
  if (rest.length === 0) return logged;
  const names = rest.join('?').split('&', MAX_PARAMETERS);
  return { ...logged, query: names.map((pair) => bounded(pair.split('=', 1)[0]!, MAX_PARAMETER_LENGTH)) };
}

/** The text, cut to a length. Node's parser lets only printable ASCII into a target, and JSON escapes quotes. */
function bounded(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}...` : text;
}
