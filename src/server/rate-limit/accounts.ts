import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Principal } from '../../core/auth/principal.js';
import { BoundedCache } from '../../core/bounded-cache.js';
import { callerAddress } from '../caller-address.js';

/** Whose requests are counted together. */
export interface Account {
  /** `caller`: somebody with credentials. `address`: all without, or with wrong ones, that come from there. */
  readonly policy: 'caller' | 'address';
  /** `user 7`, `member 3/bob` (of a system), `192.0.2.7`, `2001:db8:0:1::/64`. */
  readonly name: string;
}

/** Credentials that are remembered. */
const KNOWN = 10_000;
/** Groups of 16 bits that a provider gives away together: who has one address of them has them all. */
const IPV6_GROUPS = 4;

/** The account of a principal; undefined for nobody, and for names that anybody can make up. */
export function accountOfPrincipal({ userId, userName, member }: Principal): Account | undefined {
  if (member?.id === null) return undefined;
  if (member) return { policy: 'caller', name: `member ${member.system}/${member.name}` };
  if (userId !== null) return { policy: 'caller', name: `user ${userId}` };
  return userName === null ? undefined : { policy: 'caller', name: `name ${userName}` };
}

/** The account of who came without credentials. @param trusts whether a peer is a proxy whose `X-Forwarded-For` counts */
export function accountOfAddress(request: IncomingMessage, trusts: (address: string | undefined) => boolean): Account {
  const address = callerAddress(request, trusts);
  return { policy: 'address', name: isIPv6(address) ? networkOf(address) : address.slice(0, MAX_ADDRESS) };
}

/** What a proxy forwards need not be an address. */
const MAX_ADDRESS = 64;

function networkOf(address: string): string {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...after];
  const network = groups.slice(0, IPV6_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

/** Accounts of credentials that were found right, by their digests. */
export class KnownCallers {
  readonly #accounts = new BoundedCache<string, Account>(KNOWN);
  #version = 0;

  /** Another one as soon as any credentials mean another account than before. */
  get version(): number {
    return this.#version;
  }

  get(authorization: string | undefined): Account | undefined {
    return authorization === undefined ? undefined : this.#accounts.get(digest(authorization));
  }

  /** @param principal null when the credentials were refused */
  heard(authorization: string | undefined, principal: Principal | null): void {
    if (authorization === undefined) return;
    const account = principal ? accountOfPrincipal(principal) : undefined;
    const key = digest(authorization);
    if (this.#accounts.get(key)?.name === account?.name) return;
    this.#version += 1;
    if (account) this.#accounts.set(key, account);
    else this.#accounts.delete(key);
  }
}

function digest(authorization: string): string {
  return hash('sha256', authorization, 'base64');
}
