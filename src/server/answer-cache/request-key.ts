import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Headers that change no answer. `If-None-Match` is looked at when the answer is known; the others are not looked at.
 * Every header that is not listed makes another key.
 */
const NEUTRAL: ReadonlySet<string> = new Set([
  'if-none-match',
  'x-request-id',
  'user-agent',
  'referer',
  'accept-language',
  'connection',
  'keep-alive',
  'date',
  'cache-control',
  'pragma',
  'priority',
  'via',
  'forwarded',
  'x-real-ip',
  'traceparent',
  'tracestate',
  'baggage',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-cloud-trace-context',
  'x-amzn-trace-id',
]);

/** Headers whose values are kept as digests: a key must not tell a password. */
const SECRET: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie']);
const secret = randomBytes(32);

/**
 * Everything of a request that its answer may depend on, as one text; undefined where a request is no plain reading one.
 * @param trusted whether the peer is a proxy whose `X-Forwarded-*` count
 */
export function requestKey(request: IncomingMessage, trusted: boolean): string | undefined {
  const { method, url, headers, rawHeaders } = request;
  if ((method !== 'GET' && method !== 'HEAD') || headers.host === undefined || hasBody(request)) return undefined;
  // Where a caller comes from counts with credentials alone: a token may be bound to addresses.
  const isNamed = headers.authorization !== undefined;
  let key = `${method} ${url}${trusted ? ' trusted' : ''}${isNamed ? ` ${request.socket.remoteAddress}` : ''}`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (NEUTRAL.has(name) || (name === 'x-forwarded-for' && !isNamed)) continue;
    const value = rawHeaders[index + 1]!;
    key += `\n${name}:${SECRET.has(name) ? digest(value) : value}`;
  }
  return key;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function digest(value: string): string {
  return createHmac('sha256', secret).update(value).digest('base64');
}
