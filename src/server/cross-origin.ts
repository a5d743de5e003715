import type { IncomingHttpHeaders } from 'node:http';

/** How a dialect meets pages of other origins. */
export interface CrossOriginRule {
  /**
   * Origins whose pages may read answers and write, with credentials: `https://tools.example.org`. `any`: all of them, for
   * a dialect whose credentials no browser sends by itself.
   */
  readonly allowed: readonly string[] | 'any';
  /** Whether browsers may add the credentials that they have for this host; they may unless told. */
  readonly withCredentials?: boolean;
  /** Headers besides the common ones that those pages may read. */
  readonly exposed?: string;
  /** What such a page is told that it may send; what buildgate needs unless told. */
  readonly preflight?: { readonly methods: string; readonly headers: string; readonly maxAge: number };
  /** Status of that answer, 204 unless told. */
  readonly preflightStatus?: number;
}

const PREFLIGHT = {
  methods: 'GET, HEAD, POST, PUT, DELETE',
  headers: 'Accept, Authorization, Content-Type',
  maxAge: 600,
} as const;

function isAllowed(origin: string, { allowed }: CrossOriginRule): boolean {
  return allowed === 'any' || allowed.includes(origin);
}

/**
 * Whether a page of another origin made the browser send this; such a request may carry credentials that the page
 * does not know. Clients that are no browsers send neither header.
 * @param ownOrigin scheme and host of the request
 */
export function isCrossSite(headers: IncomingHttpHeaders, ownOrigin: string, rule: CrossOriginRule): boolean {
  const { origin } = headers;
  if (rule.allowed === 'any' || (origin !== undefined && isAllowed(origin, rule))) return false;
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
  rule: CrossOriginRule,
): Readonly<Record<string, string>> {
  if (origin === undefined || !isAllowed(origin, rule)) return {};
  const { withCredentials = true } = rule;
  return {
    ...(withCredentials
      ? { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' }
      : { 'Access-Control-Allow-Origin': '*' }),
    ...(rule.exposed !== undefined && { 'Access-Control-Expose-Headers': rule.exposed }),
  };
}

/** Headers of the answer to the question, whether a page of an allowed origin may send a request; else undefined. */
export function preflightHeaders(
  method: string,
  headers: IncomingHttpHeaders,
  rule: CrossOriginRule,
): Readonly<Record<string, string>> | undefined {
  const asked = headers['access-control-request-method'];
  const { origin } = headers;
  if (method !== 'OPTIONS' || asked === undefined || origin === undefined || !isAllowed(origin, rule)) return undefined;
  const told = rule.preflight ?? PREFLIGHT;
  return {
    ...crossOriginHeaders(headers, rule),
    'Access-Control-Allow-Methods': told.methods,
    'Access-Control-Allow-Headers': told.headers,
    'Access-Control-Max-Age': String(told.maxAge),
  };
}
