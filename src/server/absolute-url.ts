import type { IncomingMessage } from 'node:http';

/** How the client addressed the gateway, so that absolute URLs in answers lead back the same way. */
export interface ClientAddress {
  /** Scheme and host as the client used them: `https://ci.example.org:8443`. */
  readonly origin: string;
  /** Host name without port and final dot, in lower case. */
  readonly hostName: string;
  /** Path that a proxy in front took away from the address, `''` or `/tools`. */
  readonly outerPath: string;
  /** False when the Host header is no host: nothing of it is used then. */
  readonly valid: boolean;
}

const HOST = /^([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
const OUTER_PATH = /^(?:\/[A-Za-z0-9._~-]+)+$/;

/** Scheme and host of an address, and its path without a slash at the end. */
export function splitUrl(url: string): { readonly origin: string; readonly path: string } {
  const { origin, pathname } = new URL(url);
  return { origin, path: pathname.replace(/\/+$/, '') };
}

/**
 * Reads scheme, host and outer path of a request.
 * @param trusted whether the `X-Forwarded-*` headers come from a proxy that may set them. Of several values the last
 * counts: it is the one the trusted proxy added itself.
 */
export function clientAddress(request: IncomingMessage, trusted: boolean): ClientAddress {
  const forwarded = (name: string): string | undefined => (trusted ? lastValue(request.headers[name]) : undefined);
  const scheme = forwarded('x-forwarded-proto')?.toLowerCase() ?? ('encrypted' in request.socket ? 'https' : 'http');
  const host = forwarded('x-forwarded-host') ?? request.headers.host ?? '';
  const outerPath = forwarded('x-forwarded-prefix')?.replace(/\/+$/, '') ?? '';
  const name = HOST.exec(host)?.[1];
  const valid = host === '' || name !== undefined;
  return {
    origin: `${scheme === 'https' ? 'https' : 'http'}://${name === undefined ? localAuthority(request) : host}`,
    hostName: (name ?? '').toLowerCase().replace(/\.$/, ''),
    outerPath: OUTER_PATH.test(outerPath) ? outerPath : '',
    valid,
  };
}

function lastValue(header: string | string[] | undefined): string | undefined {
  return header?.toString().split(',').at(-1)!.trim() || undefined;
}

/** What an HTTP/1.0 client without a Host header has called: our own address. */
function localAuthority({ socket }: IncomingMessage): string {
  const address = socket.localAddress ?? 'localhost';
  return `${address.includes(':') ? `[${address}]` : address}:${socket.localPort ?? 80}`;
}
