import { BuildgateError } from '../../core/errors.js';
import { isAddressOrNetwork } from './addresses.js';
import { requireColumnTexts } from './column-texts.js';
import { date, type KernelciDocument } from './documents.js';
import { TOKEN } from './fields.js';
import { bitsOf, flagsOf } from './own-records.js';
import { bitOf, type TokenProperty } from './permissions.js';

/** What a token is made or changed with; what is not given, or null, stays (contract kernelci, section 6.6). */
export interface TokenInput {
  readonly email?: string | null;
  readonly username?: string | null;
  /** Microseconds since 1970. */
  readonly expiresAt?: number | null;
  readonly expired?: boolean | null;
  readonly version?: string | null;
  readonly ipAddress?: readonly string[] | null;
  readonly get?: boolean | null;
  readonly post?: boolean | null;
  readonly delete?: boolean | null;
  readonly superuser?: boolean | null;
  readonly admin?: boolean | null;
  readonly ipRestricted?: boolean | null;
  readonly lab?: boolean | null;
  readonly upload?: boolean | null;
  readonly testLab?: boolean | null;
}

/** A flag of the input, what it sets, and what it clears whatever its value. */
interface Flag {
  readonly input: keyof TokenInput;
  readonly sets: readonly TokenProperty[];
  readonly clears?: readonly TokenProperty[];
}

/** In the order in which they are applied. */
const FLAGS: readonly Flag[] = [
  { input: 'get', sets: ['get'] },
  { input: 'post', sets: ['post'] },
  { input: 'delete', sets: ['delete'] },
  {
    input: 'superuser',
    sets: ['superuser', 'get', 'post', 'delete', 'upload'],
    clears: ['admin', 'create_token'],
  },
  { input: 'admin', sets: ['admin', 'superuser', 'get', 'post', 'delete', 'create_token', 'upload'] },
  { input: 'ipRestricted', sets: ['ip_restricted'] },
  { input: 'lab', sets: ['lab'] },
  { input: 'upload', sets: ['upload'] },
  { input: 'testLab', sets: ['test_lab'] },
];

function maskOf(properties: readonly TokenProperty[]): number {
  return properties.reduce((mask, property) => mask | bitOf(property), 0);
}

function applyFlags(bits: number, input: TokenInput): number {
  return FLAGS.reduce((before, { input: name, sets, clears = [] }) => {
    const value = input[name];
    if (typeof value !== 'boolean') return before;
    const kept = before & ~maskOf(clears);
    return value ? kept | maskOf(sets) : kept & ~maskOf(sets);
  }, bits);
}

/**
 * A token's document with what is given.
 * @throws BuildgateError INVALID; `details.field` says why
 */
export function applyToToken(document: KernelciDocument, input: TokenInput): KernelciDocument {
  const bits = applyFlags(bitsOf(document['properties']), input);
  const { email, username, expiresAt, expired, version, ipAddress } = input;
  const given = {
    ...(isGiven(email) && { email }),
    ...(isGiven(username) && { username }),
    ...(isGiven(expiresAt) && { expires_on: date(expiresAt) }),
    ...(isGiven(expired) && { expired }),
    ...(isGiven(version) && { version }),
    ...(isGiven(ipAddress) && { ip_address: [...ipAddress] }),
  };
  const changed: KernelciDocument = { ...document, ...given, properties: flagsOf(bits) };
  requireColumnTexts(TOKEN, changed);
  checkAddresses(changed, (bits & bitOf('ip_restricted')) !== 0, input);
  return changed;
}

function checkAddresses({ ip_address: known }: KernelciDocument, restricted: boolean, input: TokenInput): void {
  const { ipAddress: given, ipRestricted } = input;
  if (given?.some((address) => !isAddressOrNetwork(address)))
    throw new BuildgateError('INVALID', 'ipAddress: neither an address nor a network.', { field: 'ipAddress' });
  if (ipRestricted && (!Array.isArray(known) || known.length === 0))
    throw new BuildgateError('INVALID', 'ipAddress: must be given with ipRestricted.', { field: 'ipRestricted' });
  if (!restricted && given && given.length > 0)
    throw new BuildgateError('INVALID', 'ipAddress: only with ipRestricted.', { field: 'ipUnrestricted' });
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
