import type { IncomingMessage } from 'node:http';

/**
 * The address that a request comes from: that of the peer, or, behind trusted proxies, the last one in `X-Forwarded-For`
 * that is none of theirs. An IPv4 address is written as such, also where the socket speaks IPv6; the empty text when the
 * peer is gone.
 */
export function callerAddress(
  { headers, socket }: IncomingMessage,
  trusts: (address: string | undefined) => boolean,
): string {
  const forwarded = (headers['x-forwarded-for'] ?? '').toString().split(',');
  let address = plain(socket.remoteAddress ?? '');
  while (forwarded.length > 0 && trusts(address)) {
    const before = plain(forwarded.pop()!);
    if (before === '') break;
    address = before;
  }
  return address;
}

function plain(address: string): string {
  return address.trim().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
