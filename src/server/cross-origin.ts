import type { IncomingHttpHeaders } from 'node:http';

/** How a dialect meets pages of other origins. */
export interface CrossOriginRule {
  /** Origins whose pages may read answers and write, with credentials: `https://tools.example.org`. */
  readonly allowed: readonly string[];
}

/**
 * Whether a page of another origin made the browser send this; such a request may carry credentials that the page
 * does not know. Clients that are no browsers send neither header.
 * @param ownOrigin scheme and host of the request
 */
export function isCrossSite(headers: IncomingHttpHeaders, ownOrigin: string, { allowed }: CrossOriginRule): boolean {
  const { origin } = headers;
  if (origin !== undefined && allowed.includes(origin)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined) return false;
  // The scheme is left out: a proxy may have taken TLS away without saying so.
  return hostOf(origin) !== hostOf(ownOrigin);
}

function hostOf(origin: string): string | null {
  return URL.parse(origin)?.host ?? null;
}

/** Headers that let the page of an allowed origin read the answer. */
export function crossOriginHeaders(
  { origin }: IncomingHttpHeaders,
  { allowed }: CrossOriginRule,
): Readonly<Record<string, string>> {
  if (origin === undefined || !allowed.includes(origin)) return {};
  return { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' };
}

/** Headers of the answer to the question, whether a page of an allowed origin may send a request; else undefined. */
export function preflightHeaders(
  method: string,
  headers: IncomingHttpHeaders,
  rule: CrossOriginRule,
): Readonly<Record<string, string>> | undefined {
  const asked = headers['access-control-request-method'];
  const { origin } = headers;
  if (method !== 'OPTIONS' || asked === undefined || origin === undefined || !rule.allowed.includes(origin))
    return undefined;
  return {
    ...crossOriginHeaders(headers, rule),
    'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, DELETE',
    'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type',
    'Access-Control-Max-Age': '600',
  };
}
